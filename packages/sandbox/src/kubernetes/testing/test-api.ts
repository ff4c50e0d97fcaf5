import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodRuntime } from '../../node/pod-runtime.ts';
import { createScriptedRuntime, type PodScript } from '../../scripted/scripted-runtime.ts';
import { everythingAllowed, type SandboxUser } from '../access.ts';
import { createKubernetesApi } from '../kubernetes-api.ts';

/** Whatever JSON comes back, for assertions. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly text: string;
  readonly headers: Headers;
}

export interface TestApi extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  /** One request; a body is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** The objects of a watch until the predicate is true. */
  watchUntil(path: string, isLast: (event: Json) => boolean): Promise<readonly Json[]>;
  /** Waits until a pod is as wanted; returns it. */
  podUntil(name: string, isWanted: (pod: Json) => boolean): Promise<Json>;
  /** Closes server and store; the folder stays. */
  stop(): Promise<void>;
}

export interface TestApiOptions {
  readonly script?: PodScript;
  readonly runtime?: PodRuntime;
  readonly users?: readonly SandboxUser[];
  readonly folder?: string;
  readonly now?: () => number;
  readonly windowSize?: number;
}

/** Ends at once, with success. */
const succeed: PodScript = async ({ run }) => {
  run();
  return { exitCode: 0 };
};

/** Runs until it is told to stop. */
export const runForever: PodScript = async ({ run, signal }) => {
  run();
  await once(signal, 'abort');
  return { exitCode: 143 };
};

/** The API over plain HTTP on a free port, with scripted pods. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'kanikit-api-')));
  const { now, windowSize } = options;
  const runtime = options.runtime ?? createScriptedRuntime({ script: options.script ?? succeed });
  const admin = { name: 'admin', token: 'admin-token', rules: everythingAllowed };
  const api = createKubernetesApi({
    folder,
    runtime,
    users: [admin, ...(options.users ?? [])],
    ...(now === undefined ? {} : { now }),
    ...(windowSize === undefined ? {} : { windowSize }),
  });
  const server = createServer(api.handle).on('upgrade', api.upgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async () => {
    await api.close();
    await closeServer(server);
  };
  const authorization = { authorization: 'Bearer admin-token' };
  const watchUntil: TestApi['watchUntil'] = async (path, isLast) => {
    const abort = new AbortController();
    const response = await fetch(`${url}${path}`, { headers: authorization, signal: abort.signal });
    const events: Json[] = [];
    for await (const line of lines(response)) {
      events.push(JSON.parse(line) as Json);
      if (isLast(events.at(-1)!)) break;
    }
    abort.abort();
    return events;
  };
  return {
    url,
    folder,
    stop,
    watchUntil,
    async call(method, path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...authorization,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      const parsed = (isJson ? JSON.parse(text) : undefined) as Json;
      return { status: response.status, body: parsed, text, headers: response.headers };
    },
    async podUntil(name, isWanted) {
      const path = `/api/v1/namespaces/default/pods?watch=true&fieldSelector=metadata.name%3D${name}`;
      const events = await watchUntil(path, (event) => isWanted(event.object));
      return events.at(-1)!.object;
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A pod as kanikit makes them, small. */
export function podManifest(name: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { restartPolicy: 'Never', containers: [{ name: 'executor', image: 'scripted' }], ...spec },
  };
}

async function* lines(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
