import { createKanikit } from '@kanikit/sdk';
import { buildRequests } from '../build/build-requests.ts';
import { printDryRun } from '../build/dry-run.ts';
import { exitCodeOfRun } from '../build/exit-code.ts';
import { kanikitOptions } from '../build/kanikit-options.ts';
import { withPodInputs } from '../build/pod-inputs.ts';
import { tryOutputs } from '../build/try-outputs.ts';
import { tellDetached } from '../build/tell-detached.ts';
import { watchRun } from '../build/watch-run.ts';
import { writeDigestFile, writeMetadataFile } from '../build/output-files.ts';
import { buildCommand } from '../command-line/build-command.ts';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { chooseMode } from '../displays/choose-mode.ts';
import { exitCodes, type Io } from '../io.ts';

/** `kanikit build`. */
export async function runBuildCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(buildCommand, values);
  const requests = await withPodInputs(buildRequests(values), flags, io);
  const isStdinUsed = values.args.includes('-') || flags.file === '-';
  const mode = chooseMode({ progress: flags.progress, quiet: flags.quiet, isStdinUsed }, io);
  if (flags['dry-run'] !== true) await tryOutputs(flags);
  await using kanikit = await createKanikit(await kanikitOptions(flags, io));
  if (flags['dry-run'] === true) {
    await printDryRun(kanikit, requests, flags.output, io);
    return exitCodes.done;
  }
  const run = kanikit.start(requests, { failFast: flags['fail-fast'], isDetached: flags.detach });
  const result = await watchRun(run, mode, flags.record, io);
  if (flags.detach === true) tellDetached(result, flags, mode, io);
  if (flags.iidfile !== undefined) await writeDigestFile(flags.iidfile, result);
  if (flags['metadata-file'] !== undefined) await writeMetadataFile(flags['metadata-file'], result);
  return exitCodeOfRun(result);
}
