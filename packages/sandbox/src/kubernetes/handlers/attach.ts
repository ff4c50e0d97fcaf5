import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { AttachStreams } from '../../node/pod-runtime.ts';
import { isTrue } from '../http/request-info.ts';
import { isFinished, type Pod } from '../objects.ts';
import { badRequest, internalError, statusOf } from '../status-error.ts';
import { containerOf, containerStatusOf } from './container-of.ts';
import type { ApiContext, Call } from './context.ts';
import { findObject } from './get-list.ts';

/** Subprotocols of kubectl and client-go, the newest first. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const;

/** `GET …/pods/NAME/attach` as a WebSocket. Throws `StatusError` before the upgrade; later errors go over the error channel. */
export async function podAttach(
  context: ApiContext,
  call: Call,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { query } = call.info;
  const pod = findObject(context, call) as Pod;
  const wants = {
    stdin: isTrue(query.get('stdin')),
    stdout: isTrue(query.get('stdout')),
    stderr: isTrue(query.get('stderr')),
  };
  if (!wants.stdin && !wants.stdout && !wants.stderr)
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  const container = containerOf(pod, query.get('container') ?? '');
  checkUpgrade(call);
  const webSocket = await upgrade(call, socket, head);
  call.signal.addEventListener('abort', () => webSocket.terminate(), { once: true });
  try {
    const streams = openStreams(context, pod, container);
    await greet(webSocket, wants);
    if (wants.stdin) pumpStdin(webSocket, streams.stdin);
    await pumpOutput(webSocket, streams, wants);
    // The end of an attached container is a success, whatever its exit code.
    await send(webSocket, channel.error, Buffer.from(JSON.stringify({ metadata: {}, status: 'Success' })));
  } catch (error) {
    if (webSocket.readyState !== webSocket.OPEN) return;
    const status = statusOf(internalError((error as Error).message));
    await send(webSocket, channel.error, Buffer.from(JSON.stringify(status)));
  } finally {
    webSocket.close(1000);
  }
}

function checkUpgrade({ request }: Call): void {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((entry) => entry.trim());
  const isWebSocket = (request.headers.upgrade ?? '').toLowerCase() === 'websocket';
  if (!isWebSocket) throw badRequest('unable to upgrade: only WebSocket connections are supported');
  if (!offered.some((entry) => protocols.includes(entry)))
    throw badRequest(
      `unable to upgrade: no supported subprotocol among [${offered.join(' ')}], want one of [${protocols.join(' ')}]`,
    );
}

async function upgrade({ request }: Call, socket: Duplex, head: Buffer): Promise<WebSocket> {
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => protocols.find((entry) => offered.has(entry)) ?? false,
    perMessageDeflate: false,
    maxPayload: 32 * 1024 * 1024,
  });
  return new Promise((resolve) => server.handleUpgrade(request, socket, head, resolve));
}

function openStreams(context: ApiContext, pod: Pod, container: string): AttachStreams {
  const node = context.nodePod(pod.metadata.uid);
  const isRunning = containerStatusOf(pod, container)?.state?.running !== undefined;
  if (node === undefined || !isRunning || isFinished(pod)) {
    const full = `${pod.metadata.name}_${pod.metadata.namespace}`;
    throw new Error(`unable to upgrade connection: container ${container} not found in pod ${full}`);
  }
  return node.attach(container);
}

/** An empty message on the first output channel tells the client that the streams are open. */
function greet(
  webSocket: WebSocket,
  wants: { readonly stdout: boolean; readonly stderr: boolean },
): Promise<void> {
  const first = wants.stdout ? channel.stdout : wants.stderr ? channel.stderr : channel.error;
  return send(webSocket, first, Buffer.alloc(0));
}

function pumpStdin(webSocket: WebSocket, stdin: NodeJS.WritableStream | undefined): void {
  let isOpen = stdin !== undefined;
  const end = () => {
    if (isOpen) stdin?.end();
    isOpen = false;
  };
  const resume = () => {
    // Its state is the only sign that the client is still there.
    if (webSocket.readyState === webSocket.OPEN) webSocket.resume();
  };
  // The container may end first: what still comes is dropped, as in a real pod.
  const drop = () => {
    isOpen = false;
    resume();
  };
  stdin?.on('error', drop);
  stdin?.on('close', drop);
  stdin?.on('drain', resume);
  webSocket.on('message', (data: Buffer, isBinary: boolean) => {
    const bytes = isBinary ? data : Buffer.from(data);
    if (bytes[0] === channel.close && bytes[1] === channel.stdin) end();
    if (bytes[0] !== channel.stdin || bytes.length < 2 || !isOpen || stdin === undefined) return;
    // Keeps the client from sending more than the container reads.
    if (!stdin.write(bytes.subarray(1))) webSocket.pause();
  });
  webSocket.on('close', end);
}

type OutputChunk = AttachStreams['output'] extends AsyncIterable<infer Chunk> ? Chunk : never;

async function pumpOutput(
  webSocket: WebSocket,
  streams: AttachStreams,
  wants: { readonly stdout: boolean; readonly stderr: boolean },
): Promise<void> {
  const output = streams.output[Symbol.asyncIterator]();
  let stop: () => void = () => undefined;
  webSocket.once('close', () => stop());
  try {
    for (;;) {
      // Not `Promise.race` with one promise of the close: that would keep something of every chunk until then.
      const next = await new Promise<IteratorResult<OutputChunk> | undefined>((resolve, reject) => {
        stop = () => resolve(undefined);
        if (webSocket.readyState === webSocket.OPEN) output.next().then(resolve, reject);
        else stop();
      });
      if (next === undefined || next.done === true) return;
      const { stream, bytes } = next.value;
      if (wants[stream]) await send(webSocket, channel[stream], bytes);
    }
  } finally {
    void output.return?.();
  }
}

function send(webSocket: WebSocket, to: number, bytes: Uint8Array): Promise<void> {
  if (webSocket.readyState !== webSocket.OPEN) return Promise.resolve();
  return new Promise((resolve) => webSocket.send(Buffer.concat([Buffer.of(to), bytes]), () => resolve()));
}
