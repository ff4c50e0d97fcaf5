import type { RunResult } from '@kanikit/sdk';
import type { ProgressMode } from '../displays/choose-mode.ts';
import type { Io } from '../io.ts';
import { printable } from '../text/printable.ts';

/** How to come back to builds that go on. Displays for programs have it in their events; `quiet` prints the ids alone. */
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
  for (const { id, name, detached: pod } of detached) {
    io.stdout.write(`detached ${printable(name)} as ${id} (pod ${pod?.namespace}/${pod?.pod})\n`);
  }
  io.stdout.write(`Come back with: kanikit attach ${run}${more}\n`);
}
