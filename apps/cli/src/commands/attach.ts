import { createKanikit } from '@kanikit/sdk';
import { exitCodeOfRun } from '../build/exit-code.ts';
import { tryOutputs } from '../build/try-outputs.ts';
import { watchRun } from '../build/watch-run.ts';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { attachCommand } from '../command-line/found-commands.ts';
import { usageError } from '../command-line/usage-error.ts';
import { chooseMode } from '../displays/choose-mode.ts';
import { foundOptions, foundQuery } from '../found/found-options.ts';
import { exitCodes, type Io } from '../io.ts';
import { printable } from '@kanikit/toolkit/text';

/** `kanikit attach`. */
export async function runAttachCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(attachCommand, values);
  if (flags.quiet === true && flags.progress !== undefined && flags.progress !== 'quiet')
    throw usageError('--quiet contradicts --progress.');
  const mode = chooseMode({ progress: flags.progress, quiet: flags.quiet, isStdinUsed: false }, io);
  await tryOutputs(flags);
  await using kanikit = await createKanikit(await foundOptions(flags, io));
  const query = foundQuery(flags);
  const run = await kanikit.attach(values.args, { ...query, logFolder: flags['log-folder'] });
  const result = await watchRun(run, mode, flags.record, io, {
    // Those of a run may lie in other namespaces, which is where they were found.
    cancelBuild: (build) => void kanikit.cancel(build, query).catch(() => undefined),
  });
  const detached = result.builds.filter(({ outcome }) => outcome === 'detached');
  if (detached.length === 0) return exitCodeOfRun(result);
  const names = detached.map(({ id }) => printable(id)).join(' ');
  const goesOn = detached.length === 1 ? 'The build goes on' : 'The builds go on';
  io.stderr.write(`Detached. ${goesOn}: kanikit attach ${names}, kanikit cancel ${names}\n`);
  return exitCodes.interrupted;
}
