import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KubernetesObject, NodePod } from './pod-runtime.ts';
import { createReplayRuntime } from './replay-runtime.ts';

let folder: string;
const recorded = 'INFO[0000] one\r\nINFO[0001] two\nlast without its end';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-replay-'));
  await writeFile(join(folder, 'recorded.log'), recorded);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const pod: KubernetesObject = {
  metadata: { name: 'p', namespace: 'default', uid: 'u' },
  spec: { containers: [{ name: 'kaniko', image: 'x', stdin: true, stdinOnce: true }] },
};

interface Told {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
}

function play(options: { exitCode?: number; linesPerSecond?: number }): {
  readonly node: NodePod;
  readonly told: Told[];
  readonly events: string[];
  readonly ended: Promise<void>;
} {
  const told: Told[] = [];
  const events: string[] = [];
  const end = Promise.withResolvers<void>();
  const runtime = createReplayRuntime({ folder, logFile: join(folder, 'recorded.log'), ...options });
  const objects = { read: () => undefined };
  const node = runtime.start(pod, objects, {
    status: (status) => {
      told.push(status as Told);
      if (status['phase'] !== 'Running') end.resolve();
    },
    event: ({ reason }) => void events.push(reason),
  });
  return { node, told, events, ended: end.promise };
}

async function text(node: NodePod): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of node.logs({ follow: true }, AbortSignal.timeout(10_000))) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it('prints the recorded log byte for byte and says in every status that it is simulated', async () => {
  const { node, told, events, ended } = play({ exitCode: 7, linesPerSecond: 1000 });
  await ended;
  expect(await text(node)).toBe(recorded);
  expect(told.map(({ phase }) => phase)).toEqual(['Running', 'Failed']);
  for (const { reason, message } of told) {
    expect(reason).toBe('Simulated');
    expect(message).toContain('nothing is built');
  }
  expect(events).toContain('Simulated');
  await node.remove();
  expect(await readdir(join(folder, 'pods'))).toEqual([]);
});

it('ends early when it is stopped, and takes what is sent to its stdin', async () => {
  const { node, told } = play({ linesPerSecond: 0.01 });
  const { stdin } = node.attach(undefined);
  await new Promise<void>((resolve) => stdin?.write(Buffer.alloc(1_000_000), () => resolve()));
  await node.stop(0);
  expect(told.at(-1)?.phase).toBe('Failed');
});
