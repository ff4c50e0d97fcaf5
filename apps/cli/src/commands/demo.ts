import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxDescription } from '@kanikit/sandbox';
import { type BuildResult, createKanikit } from '@kanikit/sdk';
import { connectionOf } from '../build/sandbox-options.ts';
import { watchRun } from '../build/watch-run.ts';
import { demoCommand } from '../command-line/small-commands.ts';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { closingWords, isDemoFine } from '../demo/demo-words.ts';
import { prepareSandbox } from '../demo/prepare-sandbox.ts';
import { firstSamples, samplePath, secondSamples, writeManyFiles } from '../demo/sample-requests.ts';
import { runSimulation } from '../demo/simulation.ts';
import { withSignals } from '../with-signals.ts';
import { chooseMode, type ProgressMode } from '../displays/choose-mode.ts';
import { exitCodes, type Io } from '../io.ts';

/** `kanikit demo`. */
export async function runDemoCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(demoCommand, values);
  const mode = chooseMode({ progress: flags.progress, quiet: flags.quiet, isStdinUsed: false }, io);
  if (flags.simulate === true) return runSimulation(mode, io);
  const sandbox = await prepare(io);
  if (sandbox === undefined) return exitCodes.interrupted;
  const scratch = await mkdtemp(join(tmpdir(), 'kanikit-demo-'));
  try {
    return await buildSamples(sandbox, scratch, mode, io);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The sandbox, ready to build; undefined when the user did not want to wait. */
async function prepare(io: Io): Promise<SandboxDescription | undefined> {
  return await withSignals<SandboxDescription | undefined>(
    async (signal) => await prepareSandbox(io, signal),
    () => {
      io.stderr.write('\nInterrupted before anything was built.\n');
      return undefined;
    },
  );
}

async function buildSamples(
  sandbox: SandboxDescription,
  scratch: string,
  mode: ProgressMode,
  io: Io,
): Promise<number> {
  await cp(samplePath('many-files'), scratch, { recursive: true });
  await writeManyFiles(scratch);
  const place = { registry: sandbox.registry, baseImage: sandbox.baseImage ?? 'scratch', scratch };
  await using kanikit = await createKanikit({ ...(await connectionOf(sandbox, io.env)), env: io.env });
  const builds: BuildResult[] = [];
  for (const requests of [firstSamples(place), secondSamples(place)]) {
    const result = await watchRun(kanikit.start(requests), mode, undefined, io);
    builds.push(...result.builds);
    if (result.outcome === 'cancelled' || builds.some((build) => build.outcome === 'cancelled')) {
      return exitCodes.interrupted;
    }
  }
  if (mode === 'plain' || mode === 'tui') io.stdout.write(closingWords(builds, sandbox));
  return isDemoFine(builds) ? exitCodes.done : exitCodes.buildFailed;
}
