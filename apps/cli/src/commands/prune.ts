import { createKanikit, type PrunedItem } from '@kanikit/sdk';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { pruneCommand } from '../command-line/found-commands.ts';
import { foundOptions, foundQuery, placeOf } from '../found/found-options.ts';
import { exitCodes, type Io } from '../io.ts';
import { printable } from '@kanikit/toolkit/text';
import { safeJson } from '@kanikit/toolkit/text';
import { hintInFlags, inFlags } from '../text/in-flags.ts';
import { plural } from '../text/units.ts';

/** `kanikit prune`. */
export async function runPruneCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(pruneCommand, values);
  const isDryRun = flags['dry-run'] ?? false;
  const query = foundQuery(flags);
  await using kanikit = await createKanikit(await foundOptions(flags, io));
  const onRemoved = flags.json === true ? undefined : (item: PrunedItem) => tell(item, isDryRun, io);
  const result = await kanikit.prune({
    ...query,
    isDryRun,
    olderThanMs: flags['older-than'],
    isAllEnded: flags['all-ended'],
    onRemoved,
  });
  const { removed, failed, problems } = result;
  if (flags.json === true)
    io.stdout.write(`${safeJson({ schema: 'kanikit.prune/1', isDryRun, ...inFlags(result) })}\n`);
  for (const { message, hint } of problems) warn(message, hint, io);
  if (flags.json !== true) {
    const place = placeOf(kanikit, query);
    const count = plural(removed.length, 'thing');
    const done = isDryRun ? `${count} would be removed` : `${count} removed`;
    io.stderr.write(
      removed.length === 0 ? `There is nothing to remove in ${place}.\n` : `${done} in ${place}.\n`,
    );
  }
  return failed.length === 0 ? exitCodes.done : exitCodes.refused;
}

function tell({ target, reason, problem }: PrunedItem, isDryRun: boolean, io: Io): void {
  if (problem !== undefined) return warn(`${target} stays: ${problem.message}`, problem.hint, io);
  io.stdout.write(`${isDryRun ? 'would remove' : 'removed'} ${printable(target)}: ${printable(reason)}\n`);
}

function warn(message: string, hint: string | undefined, io: Io): void {
  io.stderr.write(`warning: ${printable(message)}\n`);
  if (hint !== undefined) io.stderr.write(` hint: ${printable(hintInFlags(hint))}\n`);
}
