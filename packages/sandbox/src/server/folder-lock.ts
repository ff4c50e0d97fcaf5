import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { KanikitError } from '@kanikit/spec';
import { listenerOf } from './socket-owner.ts';

/** What the holder of a folder says of itself. */
export interface LockHolder {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly isReady: boolean;
}

export interface FolderLock extends AsyncDisposable {
  /** From now on the holder is said to be ready. */
  ready(): void;
}

/** A live holder, with a connection that ends when it does. */
export interface HolderConnection extends Disposable {
  readonly holder: LockHolder;
  /** Resolves with true once the holder is ready, with false when it ends before. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<void>;
}

const answerTimeoutMs = 2000;

/**
 * Takes a sandbox folder for this process. The lock is a socket in Linux' abstract namespace: the kernel drops it with the process,
 * also on `kill -9`, so it is never stale, and whoever connects learns when the holder is gone.
 *
 * Throws `sandbox-running`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const startedAt = Date.now();
  let isReady = false;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // A client that is killed is no concern of ours.
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.write(introduction());
  });
  const introduction = () =>
    `${JSON.stringify({ pid: process.pid, startedAt, isReady } satisfies LockHolder)}\n`;
  server.listen(await lockName(folder));
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    using connection = await connectToHolder(folder);
    const who = connection === undefined ? 'another process' : `process ${connection.holder.pid}`;
    throw new KanikitError({
      code: 'sandbox-running',
      message: `Starting a sandbox in ${folder} failed: ${who} is running one there.`,
      hint: 'Use the running sandbox ("kanikit sandbox status"), stop it ("kanikit sandbox down"), or choose another folder.',
      cause: error,
    });
  }
  return {
    ready() {
      isReady = true;
      for (const socket of open) socket.write(introduction());
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Connects to the process that holds a folder; undefined when none does. */
export async function connectToHolder(folder: string): Promise<HolderConnection | undefined> {
  const path = await lockName(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (path === undefined) return undefined;
  const socket = connect(path);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  const introductions = readIntroductions(socket);
  const ready = introductions.ready;
  // A holder that is stopped or stuck does not introduce itself; it is not taken for absent.
  const silence = Promise.withResolvers<'silent'>();
  const timer = setTimeout(() => silence.resolve('silent'), answerTimeoutMs);
  const first = await Promise.race([introductions.first, ended, silence.promise]);
  clearTimeout(timer);
  if (first === undefined) return undefined;
  const holder = first === 'silent' ? await silentHolder(path) : first;
  return { holder, ready, ended, [Symbol.dispose]: () => void socket.destroy() };
}

async function silentHolder(path: string): Promise<LockHolder> {
  return { pid: (await listenerOf(path)) ?? 0, startedAt: 0, isReady: false };
}

function readIntroductions(socket: Socket): { first: Promise<LockHolder>; ready: Promise<boolean> } {
  const first = Promise.withResolvers<LockHolder>();
  const ready = Promise.withResolvers<boolean>();
  const lines = createInterface({ input: socket });
  // Passed on from the socket: nobody listens there, which its end says, too.
  lines.on('error', () => lines.close());
  lines.on('line', (line) => {
    const holder = JSON.parse(line) as LockHolder;
    first.resolve(holder);
    if (holder.isReady) ready.resolve(true);
  });
  socket.once('close', () => ready.resolve(false));
  return { first: first.promise, ready: ready.promise };
}

async function lockName(folder: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex');
  return `\0kanikit-sandbox-${hash.slice(0, 40)}`;
}
