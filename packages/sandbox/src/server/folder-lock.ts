import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KanikitError } from '@kanikit/spec';
import { isRunning, markProcess, type ProcessMark } from '../node/processes.ts';
import { writePrivateFile } from './private-file.ts';
import { refuseForeignFolder } from './sandbox-folder.ts';

/** The process that holds a folder. */
export interface LockHolder {
  readonly process: ProcessMark;
  /** Its descriptor of the lock file, which proves that it is the one. */
  readonly descriptor: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly isReady: boolean;
}

export interface FolderLock extends AsyncDisposable {
  /** From now on the holder is said to be ready. */
  ready(): Promise<void>;
}

/**
 * A holder writes its name right after it has the lock, and the kernel drops the lock of a killed one when the last of its threads has ended: in
 * between, the lock is held by a process that nobody knows.
 */
const namelessMs = 5000;
const lookAgainMs = 20;
/** A handle that nobody refers to is closed, and the lock with it. */
const heldFiles = new Set<FileHandle>();
/** The record has four short fields; anything longer is not one. */
const largestRecordBytes = 4096;

/**
 * Takes a sandbox folder for this process. The kernel holds the lock (`flock`) and drops it with the process, also on `kill -9`. Lock and holder are
 * files in a folder that its owner alone can enter, so that nobody else can hold the folder or name another process.
 *
 * Throws `sandbox-running`, `lock-unavailable`, `sandbox-folder-in-use`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await refuseForeignFolder(folder);
  const file = await openLocked(folder);
  try {
    heldFiles.add(file);
    const own = await markProcess(process.pid);
    if (own === undefined) throw new Error('/proc does not show this process');
    const holder = { process: own, descriptor: file.fd, startedAt: Date.now(), isReady: false };
    await writeHolder(folder, holder);
    return {
      ready: () => writeHolder(folder, { ...holder, isReady: true }),
      async [Symbol.asyncDispose]() {
        await rm(holderFile(folder), { force: true });
        await release(file);
      },
    };
  } catch (error) {
    await release(file);
    throw error;
  }
}

/**
 * The process that holds a folder; undefined when none does. It is known by its start time, and has the lock file of the folder open: a record that
 * somebody wrote by hand, or that a killed holder left, names no process.
 */
export async function findHolder(folder: string): Promise<LockHolder | undefined> {
  const holder = await readHolder(folder);
  if (holder === undefined) return undefined;
  await refuseForeignFolder(folder);
  const [lock, held] = await Promise.all([
    identityOf(lockFile(folder)),
    identityOf(`/proc/${holder.process.pid}/fd/${holder.descriptor}`),
  ]);
  if (lock === undefined || lock !== held) return undefined;
  return (await isRunning(holder.process)) ? holder : undefined;
}

/** Looks at the holder until `isWanted` says so, and returns it then. */
export async function awaitHolder(
  folder: string,
  isWanted: (holder: LockHolder | undefined) => boolean,
  signal: AbortSignal,
): Promise<LockHolder | undefined> {
  for (;;) {
    const holder = await findHolder(folder);
    if (isWanted(holder)) return holder;
    await delay(lookAgainMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** True for the same process, holding the folder for the same time. */
export function isSameHolder(holder: LockHolder, other: LockHolder | undefined): boolean {
  return other?.process.pid === holder.process.pid && other.startedAt === holder.startedAt;
}

async function openLocked(folder: string): Promise<FileHandle> {
  for (;;) {
    const file = await open(lockFile(folder), 'a', 0o600);
    try {
      await takeLock(file.fd, folder);
      // A reset may have removed the file in between: then it locks nobody out.
      if ((await identityOf(lockFile(folder))) === (await identityOf(`/proc/self/fd/${file.fd}`)))
        return file;
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
  }
}

async function release(file: FileHandle): Promise<void> {
  heldFiles.delete(file);
  await file.close();
}

/** Waits for a holder without a name, and throws `sandbox-running` once it has one or has had its time. */
async function takeLock(descriptor: number, folder: string): Promise<void> {
  const end = performance.now() + namelessMs;
  while (!(await tryLock(descriptor, folder))) {
    const holder = await findHolder(folder);
    if (holder !== undefined || performance.now() > end) throw alreadyRunning(folder, holder);
    await delay(lookAgainMs);
  }
}

/**
 * True when the lock was free. It belongs to the open file, not to the program that asks for it: it stays when that program has ended.
 */
async function tryLock(descriptor: number, folder: string): Promise<boolean> {
  const locking = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  const code = await once(locking, 'close').then(
    ([exitCode]) => exitCode as number | null,
    () => null,
  );
  if (code === 0 || code === 1) return code === 0;
  throw new KanikitError({
    code: 'lock-unavailable',
    message: `Locking the folder ${folder} failed: the program "flock" did not start or could not lock a file there.`,
    hint: 'Install util-linux (it holds flock), or choose a folder on a disk of this machine.',
  });
}

function alreadyRunning(folder: string, holder: LockHolder | undefined): KanikitError {
  const who = holder === undefined ? 'another process' : `process ${holder.process.pid}`;
  return new KanikitError({
    code: 'sandbox-running',
    message: `Starting a sandbox in ${folder} failed: ${who} is running one there.`,
    hint: 'Use the running sandbox ("kanikit sandbox status"), stop it ("kanikit sandbox down"), or choose another folder.',
  });
}

function lockFile(folder: string): string {
  return join(folder, 'lock');
}

function holderFile(folder: string): string {
  return join(folder, 'holder.json');
}

function writeHolder(folder: string, holder: LockHolder): Promise<void> {
  return writePrivateFile(holderFile(folder), `${JSON.stringify(holder)}\n`);
}

async function readHolder(folder: string): Promise<LockHolder | undefined> {
  const file = holderFile(folder);
  const { size } = (await stat(file).catch(ignoreAbsent)) ?? {};
  if (size === undefined || size > largestRecordBytes) return undefined;
  const text = await readFile(file, 'utf8').catch(ignoreAbsent);
  return text === undefined ? undefined : parseHolder(text);
}

/** Undefined for anything that no holder has written, e.g. a file cut short by a full disk. */
function parseHolder(text: string): LockHolder | undefined {
  let value: Partial<Record<keyof LockHolder, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  const mark = value?.process as Partial<ProcessMark> | null | undefined;
  const isMark =
    Number.isSafeInteger(mark?.pid) &&
    (mark?.pid ?? 0) > 1 &&
    typeof mark?.startTicks === 'string' &&
    typeof mark.bootId === 'string';
  const isHolder = isMark && Number.isSafeInteger(value?.descriptor) && isTime(value?.startedAt);
  return isHolder ? (value as unknown as LockHolder) : undefined;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    // Not this user's process: not the holder.
    if (error.code === 'EACCES' || error.code === 'EPERM') return undefined;
    return ignoreAbsent(error);
  });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
