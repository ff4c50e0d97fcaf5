import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { KanikitError } from '@kanikit/spec';

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
    socket.write(`${JSON.stringify({ pid: process.pid, startedAt, isReady } satisfies LockHolder)}\n`);
  });
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
    ready: () => (isReady = true),
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
  const holder = await Promise.race([readHolder(socket), ended.then(() => undefined)]);
  if (holder === undefined) return undefined;
  return { holder, ended, [Symbol.dispose]: () => void socket.destroy() };
}

async function readHolder(socket: Socket): Promise<LockHolder | undefined> {
  // A holder that is stopped or stuck does not answer; it is not taken for absent.
  socket.setTimeout(answerTimeoutMs, () =>
    socket.emit('data', Buffer.from(`${JSON.stringify({ pid: 0, startedAt: 0, isReady: false })}\n`)),
  );
  let text = '';
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (!text.includes('\n')) return;
      socket.setTimeout(0);
      resolve(JSON.parse(text) as LockHolder);
    });
  });
}

async function lockName(folder: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex');
  return `\0kanikit-sandbox-${hash.slice(0, 40)}`;
}
