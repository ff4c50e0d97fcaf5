import { isKanikitError, KanikitError } from '@kanikit/spec';
import { brokenLibrary, brokenLibraryHint } from '@kanikit/toolkit/libraries';
import type { WebSocket } from 'ws';
import type { ApiClient, ApiRequest } from '../../api/client/api-client.ts';
import { withRetries } from '../../api/client/retry.ts';
import type { PodMonitor } from '../observe/pod-monitor.ts';
import { executorContainer } from '../../api/watch/pod-object.ts';
import { openAttachSocket } from './attach-socket.ts';

export interface StdinTarget {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly name: string;
  readonly monitor: PodMonitor;
  /** Aborted when the client lets go of a pod that goes on. */
  readonly left: AbortSignal;
}

/** Channel bytes of the `channel.k8s.io` protocols. */
const stdinChannel = 0;
const errorChannel = 3;
const closeChannel = 255;
/** Small enough for the buffers of every server on the way. */
const frameBytes = 32 * 1024;
/** After the last byte, runtimes that confirm do so at once; the others only when the container ends. */
const confirmationMs = 1_000;
/** Tries to attach; nothing has been sent before it succeeds. */
const attempts = 4;

/**
 * Streams an archive to the container's stdin, no faster than the container takes it.
 *
 * @throws KanikitError `library-broken` when the WebSocket library can't be loaded; `context-stream-broken` when the connection or the container ends before the archive does; the pod is then of no
 * use. Errors of the archive pass through unchanged.
 */
export async function sendStdin(
  target: StdinTarget,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const { monitor } = target;
  while (monitor.stage() === 'waiting') await monitor.whenChanged(signal);
  throwIfEnded(target);
  const socket = await attach(target, signal);
  const onAbort = (): void => socket.terminate();
  signal.addEventListener('abort', onAbort, { once: true });
  const verdict = listen(socket);
  let isHandedOver = false;
  try {
    for await (const chunk of archive) {
      for (let start = 0; start < chunk.length; start += frameBytes) {
        await send(socket, stdinChannel, chunk.subarray(start, start + frameBytes)).catch(
          (error: unknown) => {
            throw signal.aborted ? signal.reason : broken(target, verdict.words() ?? wordsOf(error), error);
          },
        );
      }
    }
    const hasHalfClose = socket.protocol === 'v5.channel.k8s.io';
    if (hasHalfClose && (await finish(socket, verdict, target, signal))) return;
    // Nobody has confirmed the last bytes, and closing might overtake them: the connection stays until the container has ended. Without
    // a half-close (v4) the end is not even told; there the padding of the archive makes the executor go on.
    isHandedOver = true;
    void monitor.whenEnded(target.left).then(
      () => socket.terminate(),
      () => socket.terminate(),
    );
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!isHandedOver) socket.terminate();
  }
}

async function attach(target: StdinTarget, signal: AbortSignal): Promise<WebSocket> {
  const { client, namespace, name } = target;
  const request: ApiRequest = {
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/attach`,
    query: { container: executorContainer, stdin: 'true', stdout: 'false', stderr: 'false', tty: 'false' },
    what: `Attaching to pod ${namespace}/${name}`,
  };
  try {
    return await withRetries(() => openAttachSocket(client, request, signal), { attempts, signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isKanikitError(error) && error.code === 'cluster-denied') throw error;
    const library = brokenLibrary(error);
    if (library !== undefined) throw unloadable(request.what, library, error);
    throwIfEnded(target);
    throw broken(target, wordsOf(error), error);
  }
}

function unloadable(what: string, reason: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'library-broken',
    message: `${what}: a library of this machine can't be loaded: ${reason}.`,
    hint: brokenLibraryHint,
    cause,
  });
}

/** Says "end of input" and waits a moment for the server to confirm that the container has it all; false when it does not. */
async function finish(
  socket: WebSocket,
  verdict: Verdict,
  target: StdinTarget,
  signal: AbortSignal,
): Promise<boolean> {
  await send(socket, closeChannel, Uint8Array.of(stdinChannel)).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : broken(target, verdict.words() ?? wordsOf(error), error);
  });
  const timeout = Promise.withResolvers<false>();
  const timer = setTimeout(() => timeout.resolve(false), confirmationMs);
  const settled = Promise.race([verdict.closed, target.monitor.ended]).then(() => true);
  const isSettled = await Promise.race([settled, timeout.promise]).finally(() => clearTimeout(timer));
  signal.throwIfAborted();
  const words = verdict.words();
  if (words !== undefined && !target.monitor.hasContainerEnded()) throw broken(target, words, undefined);
  return isSettled;
}

interface Verdict {
  readonly closed: Promise<void>;
  /** What went wrong on the other side; undefined while nothing has. */
  words(): string | undefined;
}

function listen(socket: WebSocket): Verdict {
  const closed = Promise.withResolvers<void>();
  let isConfirmed = false;
  let words: string | undefined;
  socket.on('message', (data: Buffer) => {
    // Servers open each channel with an empty frame.
    if (data[0] !== errorChannel || data.length === 1) return;
    const status = parseVerdict(data.subarray(1).toString('utf8'));
    if (status.isSuccess) isConfirmed = true;
    else words ??= status.words;
    closed.resolve();
  });
  socket.on('error', (error) => {
    words ??= error.message;
  });
  socket.once('close', (code) => {
    if (!isConfirmed && code !== 1000) words ??= `the connection was closed (${code})`;
    closed.resolve();
  });
  return { closed: closed.promise, words: () => words };
}

function parseVerdict(text: string): { readonly isSuccess: boolean; readonly words: string } {
  try {
    const status = JSON.parse(text) as { readonly status?: string; readonly message?: string };
    return { isSuccess: status.status === 'Success', words: status.message ?? text };
  } catch {
    return { isSuccess: false, words: text };
  }
}

function send(socket: WebSocket, channel: number, bytes: Uint8Array): Promise<void> {
  const frame = Buffer.allocUnsafe(bytes.length + 1);
  frame[0] = channel;
  frame.set(bytes, 1);
  return new Promise((resolve, reject) => {
    socket.send(frame, (error) => (error ? reject(error) : resolve()));
  });
}

function throwIfEnded(target: StdinTarget): void {
  const failure = target.monitor.failure();
  if (failure !== undefined) throw failure;
  if (target.monitor.hasContainerEnded()) {
    throw broken(target, 'the container ended before it took its context', undefined);
  }
}

function broken({ namespace, name, monitor }: StdinTarget, words: string, cause: unknown): KanikitError {
  const isEnded = monitor.hasContainerEnded();
  return new KanikitError({
    code: 'context-stream-broken',
    message: `Streaming the context to pod ${namespace}/${name}: ${isEnded ? 'the container ended' : words}.`,
    hint: isEnded
      ? 'The log of the build says why.'
      : 'Build again; where connections of this length do not last, use a bucket for the context.',
    retryable: !isEnded,
    cause,
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
