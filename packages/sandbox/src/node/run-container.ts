import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { KanikitError } from '@kanikit/spec';
import type { ExecutorProgram } from '../executor/executor-program.ts';
import { createCgroups, type ContainerCgroups } from './cgroups.ts';
import type { ContainerPlan } from './container-plan.ts';
import type { HostTools } from './host-tools.ts';
import type { Isolation } from './isolation.ts';
import { launchContainer, type LaunchedContainer } from './launch.ts';
import { writeContainerRecord, type PodFolder } from './pod-folder.ts';
import { findInRoot, makeRoot } from './root-folder.ts';
import { setupScript } from './setup-script.ts';
import { createTurns } from './turns.ts';
import type { PreparedVolume } from './volumes.ts';

export interface RunContainerOptions {
  readonly folder: PodFolder;
  readonly plan: ContainerPlan;
  readonly program: ExecutorProgram;
  readonly volumes: ReadonlyMap<string, PreparedVolume>;
  readonly certificates: string;
  readonly isolation: Isolation;
  readonly tools: HostTools;
  readonly stdin: boolean;
  readonly signal: AbortSignal;
}

/** A container that was started; its cgroups tell afterwards whether it ran out of memory. */
export interface RunningContainer extends LaunchedContainer {
  readonly id: string;
  readonly cgroups: ContainerCgroups;
}

/** A set-up copies an executor and starts some thirty programs: more of them at once only make each other wait. */
const inTurn = createTurns(2 * availableParallelism());

/** Makes the root, the control groups and the namespaces of a container and starts its program. Throws `container-start` in a runtime's words. */
export function runContainer(options: RunContainerOptions): Promise<RunningContainer> {
  return inTurn(() => setUp(options));
}

async function setUp(options: RunContainerOptions): Promise<RunningContainer> {
  options.signal.throwIfAborted();
  const { folder, plan, isolation, tools } = options;
  const id = randomBytes(32).toString('hex');
  const mounts = await makeRoot(options);
  await checkProgram(folder.root, plan);
  const cgroups = await createCgroups(id.slice(0, 24), {
    memoryBytes: plan.memoryLimitBytes,
    cpus: plan.cpuLimit,
  });
  // Before anything runs: a crash from here on leaves nothing unknown.
  await writeContainerRecord(folder, { processes: [], cgroups: cgroups.folders });
  const script = setupScript({
    plan,
    root: folder.root,
    tools,
    isolation,
    mounts,
    cgroupFiles: cgroups.processFiles,
  });
  await writeFile(folder.script, script, { mode: 0o600 });
  const launched = await launchContainer({
    scriptFile: folder.script,
    pipesFolder: folder.path,
    isolation,
    stdin: options.stdin,
    signal: options.signal,
  });
  await writeContainerRecord(folder, {
    processes: [launched.process, launched.guard],
    cgroups: cgroups.folders,
  });
  return { ...launched, id, cgroups };
}

async function checkProgram(root: string, plan: ContainerPlan): Promise<void> {
  const program = plan.command[0] ?? '';
  if ((await findInRoot(root, program, plan.env.get('PATH') ?? '')) !== undefined) return;
  const reason = program.includes('/')
    ? `stat ${program}: no such file or directory`
    : 'executable file not found in $PATH';
  throw new KanikitError({
    code: 'container-start',
    message:
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
      `unable to start container process: exec: "${program}": ${reason}: unknown`,
    hint: 'The executor images hold no shell; the sandbox offers the executor only.',
  });
}
