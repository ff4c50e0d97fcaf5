import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReplayRuntime, startSandbox } from '@kanikit/sandbox';
import { createKanikit } from '@kanikit/sdk';
import { exitCodeOfRun } from '../build/exit-code.ts';
import { connectionOf } from '../build/sandbox-options.ts';
import { watchRun } from '../build/watch-run.ts';
import type { ProgressMode } from '../displays/choose-mode.ts';
import type { Io } from '../io.ts';
import { samplePath } from './sample-requests.ts';

/** Registry name of the recorded build; nothing listens there. */
const recordedRegistry = 'registry.example';

/** Plays a recorded build in a sandbox that has no executor. Every display says that it is simulated. */
export async function runSimulation(mode: ProgressMode, io: Io): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-simulation-'));
  try {
    await using sandbox = await startSandbox({
      folder,
      hasBaseImage: false,
      runtime: createReplayRuntime({
        folder: join(folder, 'node'),
        logFile: samplePath('recorded-build.log'),
      }),
    });
    const { store: _store, ...connection } = await connectionOf(sandbox.description, io.env);
    await using kanikit = await createKanikit({
      ...connection,
      credentials: false,
      isSimulated: true,
      env: io.env,
    });
    io.stderr.write('SIMULATED: a recorded build is played; nothing is built and nothing is pushed.\n');
    const run = kanikit.start({
      name: 'multi-stage',
      context: samplePath('multi-stage'),
      destinations: [`${recordedRegistry}/samples/multi-stage:latest`],
      buildArgs: { BASE: `${recordedRegistry}/base` },
    });
    const result = await watchRun(run, mode, undefined, io);
    return exitCodeOfRun(result);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
