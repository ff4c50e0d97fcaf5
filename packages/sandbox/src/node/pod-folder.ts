import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../executor/run-command.ts';
import { removeCgroups } from './cgroups.ts';
import { toolPath } from './host-tools.ts';
import type { Isolation } from './isolation.ts';
import { writeMap } from './launch.ts';
import { signalProcess, waitUntilGone, type ProcessMark } from './processes.ts';
import { runAsSubordinates } from './subordinate-command.ts';

/** Where one pod keeps its files. */
export interface PodFolder {
  readonly path: string;
  readonly root: string;
  readonly volumes: string;
  readonly etc: string;
  readonly terminationLog: string;
  readonly script: string;
  readonly logs: string;
}

/** What must be known to clear away a container after a crash. */
export interface ContainerRecord {
  readonly processes: readonly ProcessMark[];
  readonly cgroups: readonly string[];
}

const recordName = 'container.json';
/** A killed process tree is gone within milliseconds; a process in uninterruptible sleep may take long. */
const killTimeoutMs = 10_000;

export function podFolder(podsFolder: string, uid: string): PodFolder {
  const path = join(podsFolder, uid.replaceAll(/[^\w.-]/g, '_'));
  return {
    path,
    root: join(path, 'root'),
    volumes: join(path, 'volumes'),
    etc: join(path, 'etc'),
    terminationLog: join(path, 'termination-log'),
    script: join(path, 'setup.sh'),
    logs: join(path, 'logs'),
  };
}

/** Makes the folder, open to its owner only: builds leave programs with set-user-id bits in it. */
export async function makePodFolder(folder: PodFolder): Promise<void> {
  await mkdir(folder.logs, { recursive: true, mode: 0o700 });
  await chmod(folder.path, 0o700);
}

export async function writeContainerRecord(folder: PodFolder, record: ContainerRecord): Promise<void> {
  const file = join(folder.path, recordName);
  await writeFile(`${file}.new`, JSON.stringify(record));
  await rename(`${file}.new`, file);
}

/** Kills what is left of a pod's container and removes everything of it but its logs. */
export async function clearContainer(folder: PodFolder, isolation: Isolation | undefined): Promise<void> {
  const file = join(folder.path, recordName);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const record = text === undefined ? undefined : (JSON.parse(text) as ContainerRecord);
  for (const mark of record?.processes ?? []) {
    // One that was killed before may still be ending.
    await signalProcess(mark, 'SIGKILL');
    await waitUntilGone(mark, killTimeoutMs);
  }
  await removeCgroups(record?.cgroups ?? []);
  for (const path of [folder.root, folder.volumes, folder.etc]) await removeTree(path, isolation);
  for (const path of [folder.script, folder.terminationLog, file]) await rm(path, { force: true });
}

/** Removes the whole folder of a pod. */
export async function removePodFolder(folder: PodFolder, isolation: Isolation | undefined): Promise<void> {
  await clearContainer(folder, isolation);
  await rm(folder.path, { recursive: true, force: true });
}

/** Names of the pod folders there are. */
export async function listPodFolders(podsFolder: string): Promise<readonly string[]> {
  return readdir(podsFolder).catch(() => []);
}

/** `rm` and not `fs.rm`: a build may leave paths longer than the system takes in one call. */
async function removeTree(path: string, isolation: Isolation | undefined): Promise<void> {
  const signal = AbortSignal.timeout(300_000);
  const env = { PATH: toolPath, LC_ALL: 'C' };
  const result =
    isolation?.kind === 'user'
      ? await runAsSubordinates(['rm', '-rf', '--one-file-system', '--', path], isolation, writeMap, signal)
      : await runCommand('rm', ['-rf', '--one-file-system', '--', path], { signal, env });
  if (result.exitCode !== 0) throw new Error(`removing ${path} failed: ${result.errorTail}`);
}
