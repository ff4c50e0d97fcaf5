import { type BuildRequest, createKanikit, type KanikitOptions } from '@kanikit/sdk';

/** What the script below is told, as JSON. */
export interface ScriptSettings {
  readonly options: KanikitOptions;
  readonly requests: readonly BuildRequest[];
  /** Where its exception is thrown: by what it awaits, or by something that nobody waits for. */
  readonly throws: 'awaited' | 'unawaited';
}

// A script of a user that fails for a reason of its own while its builds go on, as it is told on its standard input.
const { options, requests, throws } = JSON.parse(process.argv[2] ?? '') as ScriptSettings;
await using kanikit = await createKanikit(options);
const run = kanikit.start(requests);
const trouble = Promise.withResolvers<never>();
process.stdin.once('data', () => {
  const error = new Error('trouble of the script');
  if (throws === 'awaited') trouble.reject(error);
  else
    setTimeout(() => {
      throw error;
    });
});
const show = async (): Promise<void> => {
  for await (const event of run.events) {
    const { type } = event;
    if (type === 'output') process.stdout.write(`${event.text}\n`);
    if (type === 'build-wait') process.stdout.write(`waiting: ${event.message ?? ''}\n`);
  }
};
await Promise.race([show(), trouble.promise]);
