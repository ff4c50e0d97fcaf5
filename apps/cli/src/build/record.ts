import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { KanikitError, type KanikitEvent } from '@kanikit/spec';
import { createPrivateStream } from '@kanikit/toolkit/files';
import { eventLine } from '../displays/json.ts';

/**
 * Passes events on and writes them to a file.
 *
 * @throws KanikitError `output-file-failed`
 */
export async function* record(
  events: AsyncIterable<KanikitEvent>,
  path: string,
): AsyncIterable<KanikitEvent> {
  const file = createPrivateStream(path);
  let problem: Error | undefined;
  file.on('error', (error) => {
    problem = error;
  });
  try {
    for await (const event of events) {
      if (problem !== undefined) throw problem;
      if (!file.write(eventLine(event)) && file.writable)
        await Promise.race([once(file, 'drain'), once(file, 'close')]);
      yield event;
    }
    file.end();
    await finished(file);
  } catch (error) {
    if (error !== problem) throw error;
    throw new KanikitError({
      code: 'output-file-failed',
      message: `Writing ${path} (--record): ${problem?.message ?? ''}.`,
      hint: 'The builds were stopped. Record to another place, or not at all.',
      cause: error,
    });
  } finally {
    file.destroy();
  }
}
