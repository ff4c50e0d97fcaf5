import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { KanikitError } from '@kanikit/spec';
import { runCommand } from '../executor/run-command.ts';
import { type ContainerPipes, createContainerPipes } from './container-pipes.ts';
import { toolPath } from './host-tools.ts';
import { inheritedDescriptors } from './inherited-descriptors.ts';
import type { IdMap, Isolation } from './isolation.ts';
import { childOf, markProcess, type ProcessMark } from './processes.ts';

/** A container whose program runs. */
export interface LaunchedContainer {
  /** Its first process, as this machine counts. */
  readonly process: ProcessMark;
  /** The process that waits for it; ends with it, and it ends with that one. */
  readonly guard: ProcessMark;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** How the program ended. */
  readonly ended: Promise<{ readonly exitCode: number; readonly signal: number | undefined }>;
}

export interface LaunchOptions {
  readonly scriptFile: string;
  /** A folder for pipes while they are made. */
  readonly pipesFolder: string;
  readonly isolation: Isolation;
  /** A pipe; otherwise the container reads `/dev/null`. */
  readonly stdin: boolean;
  readonly signal: AbortSignal;
}

/** Namespaces and mounts take tens of milliseconds; on a busy machine seconds. */
const setupTimeoutMs = 60_000;
const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/**
 * Starts a container by its set-up script, in namespaces of its own. It dies with this process, however that ends. Throws
 * `container-setup-failed` with the script's words.
 */
export async function launchContainer(options: LaunchOptions): Promise<LaunchedContainer> {
  options.signal.throwIfAborted();
  const pipes = await createContainerPipes(options.pipesFolder, options.stdin, options.signal);
  const empty = openEmpty(options.pipesFolder);
  const child = spawn('setpriv', launchArguments(options), {
    // Nothing of the sandbox's own environment, credentials least of all.
    env: { PATH: toolPath, LC_ALL: 'C' },
    stdio: coverInherited(childEnds(pipes, empty), empty),
    cwd: '/',
    detached: true,
  });
  closeSync(empty);
  const ended = exitOf(child);
  // Nobody may be listening yet when it ends early.
  ended.catch(() => undefined);
  const kill = (): void => void child.kill('SIGKILL');
  const tooLong = AbortSignal.timeout(setupTimeoutMs);
  const deadline = AbortSignal.any([options.signal, tooLong]);
  deadline.addEventListener('abort', kill, { once: true });
  try {
    await pipes.closeChildEnds();
    const marks = await followSetup(child, options);
    const { stdin, stdout, stderr } = pipes;
    return { ...marks, stdin, stdout, stderr, ended };
  } catch (error) {
    kill();
    pipes.destroy();
    await ended.catch(() => undefined);
    options.signal.throwIfAborted();
    throw tooLong.aborted ? tooSlow() : error;
  } finally {
    deadline.removeEventListener('abort', kill);
  }
}

type ChildStdio = (number | 'pipe' | 'ignore')[];

/** Without a stdin the set-up puts the container's own `/dev/null` in its place. */
function childEnds({ childEnds: [stdin, ...outputs] }: ContainerPipes, empty: number): ChildStdio {
  return [typeof stdin === 'number' ? stdin : empty, ...outputs, 'pipe', 'pipe'];
}

/** A file of its own and not the machine's `/dev/null`: whoever has that open as root can change its mode and owner. */
function openEmpty(folder: string): number {
  const path = join(folder, 'empty');
  const descriptor = openSync(path, 'w+', 0o600);
  unlinkSync(path);
  return descriptor;
}

/** The container must not get descriptors of whoever started the sandbox: they become an empty file. */
function coverInherited(stdio: ChildStdio, empty: number): ChildStdio {
  for (const descriptor of inheritedDescriptors()) {
    if (descriptor < stdio.length) continue;
    stdio.push(...Array.from({ length: descriptor - stdio.length }, () => 'ignore' as const), empty);
  }
  return stdio;
}

/**
 * The container's first process is the child of a shell and not of `unshare --fork`: that one writes into the container's output and loses the
 * exit code when its child is killed (util-linux 2.38). What the shell itself would say goes nowhere.
 */
const waitForContainer = 'exec 5>&2 2>/dev/null; setpriv --pdeathsig SIGKILL sh "$0" 2>&5 5>&-; exit $?';

function launchArguments({ isolation, scriptFile }: LaunchOptions): string[] {
  const namespaces = ['--mount', '--pid', '--uts', '--ipc'];
  const start = ['--pdeathsig', 'SIGKILL', 'unshare'];
  if (isolation.kind === 'root') return [...start, ...namespaces, 'sh', '-c', waitForContainer, scriptFile];
  // The second shell starts once the ids are mapped: only then it gets root's rights in the namespace.
  // Making the namespace has cleared the signal that ends it with the sandbox, so it is set again.
  const wait = 'echo map >&3; read go <&4 || exit 1; exec setpriv --pdeathsig SIGKILL sh -c "$1" "$0"';
  return [...start, '--user', ...namespaces, 'sh', '-c', wait, scriptFile, waitForContainer];
}

async function followSetup(
  child: ChildProcess,
  { isolation }: LaunchOptions,
): Promise<{ readonly process: ProcessMark; readonly guard: ProcessMark }> {
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  failed.catch(() => undefined);
  const words: string[] = [];
  const follow = async (): Promise<{ process: ProcessMark; guard: ProcessMark }> => {
    let buffered = '';
    for await (const chunk of child.stdio[3] as Readable) {
      buffered += String(chunk);
      const lines = buffered.split('\n');
      buffered = lines.pop() ?? '';
      for (const line of lines) {
        if (line === 'ready') return findMarks(child);
        if (line === 'map') await mapIds(child, isolation);
        else words.push(line);
      }
    }
    throw setupFailed([...words, buffered].join(' ').trim());
  };
  return Promise.race([follow(), failed]);
}

async function findMarks(
  child: ChildProcess,
): Promise<{ readonly process: ProcessMark; readonly guard: ProcessMark }> {
  const guard = await markProcess(child.pid ?? 0);
  const first = await childOf(child.pid ?? 0);
  const process = first === undefined ? undefined : await markProcess(first);
  // Gone already: a program that ends at once. Its exit code is all that is left to tell.
  const gone: ProcessMark = { pid: child.pid ?? 0, startTicks: '', bootId: '' };
  return { process: process ?? gone, guard: guard ?? gone };
}

async function mapIds(child: ChildProcess, isolation: Isolation): Promise<void> {
  if (isolation.kind === 'user') {
    await writeMap('newuidmap', child.pid ?? 0, isolation.uidMap);
    await writeMap('newgidmap', child.pid ?? 0, isolation.gidMap);
  } else if (isolation.ownUsers !== undefined) {
    const first = await childOf(child.pid ?? 0);
    if (first === undefined) throw setupFailed('its first process has ended');
    await writeFile(`/proc/${first}/uid_map`, mapText(isolation.ownUsers.uidMap));
    await writeFile(`/proc/${first}/gid_map`, mapText(isolation.ownUsers.gidMap));
  }
  (child.stdio[4] as Writable).end('go\n');
}

function mapText(map: IdMap): string {
  return map.map((line) => line.join(' ')).join('\n');
}

/** Maps the ids of a process in a new user namespace. */
export async function writeMap(program: 'newuidmap' | 'newgidmap', pid: number, map: IdMap): Promise<void> {
  const signal = AbortSignal.timeout(setupTimeoutMs);
  const args = [pid, ...map.flat()].map(String);
  const result = await runCommand(program, args, { signal, env: { PATH: toolPath } });
  if (result.exitCode !== 0) throw setupFailed(`${program}: ${result.errorTail.trim()}`);
}

function exitOf(child: ChildProcess): LaunchedContainer['ended'] {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, name) => {
      const signal = name === null ? undefined : (signalNumbers[name] ?? 9);
      resolve({ exitCode: code ?? 128 + (signal ?? 0), signal });
    });
  });
}

function tooSlow(): KanikitError {
  return new KanikitError({
    code: 'container-setup-failed',
    message: `Setting up the container failed: it took longer than ${setupTimeoutMs / 1000} s.`,
    hint: 'Try again when this machine has less to do.',
  });
}

function setupFailed(words: string): KanikitError {
  return new KanikitError({
    code: 'container-setup-failed',
    message: `Setting up the container failed: ${words || 'its set-up ended without a word'}.`,
    hint: 'The sandbox needs the right to make namespaces and mounts; see its documentation.',
  });
}
