import type { RunResult } from '@kanikit/sdk';
import type { ProgressMode } from '../displays/choose-mode.ts';
import type { Io } from '../io.ts';

/** How to come back to builds that go on, which the summary names. Displays for programs have it in their events; `quiet` prints the ids alone. */
export function tellDetached(
  { run, builds }: RunResult,
  flags: { readonly namespace: string | undefined; readonly sandbox: boolean | undefined },
  mode: ProgressMode,
  io: Io,
): void {
  const detached = builds.filter(({ outcome }) => outcome === 'detached');
  if (detached.length === 0 || mode === 'json') return;
  if (mode === 'quiet') {
    for (const { id } of detached) io.stdout.write(`${id}\n`);
    return;
  }
  const more = [
    flags.namespace === undefined ? '' : ` -n ${flags.namespace}`,
    flags.sandbox === true ? ' --sandbox' : '',
  ].join('');
  io.stdout.write(`Come back with: kanikit attach ${run}${more}\n`);
}
