// What a program prints must not keep a client from answering Ctrl-C, however long its lines are and whatever is in them.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodScript } from '@kanikit/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ScriptedLab, startScriptedLab } from '../many/scripted-lab.ts';
import { type KanikitCommand, makeKanikitCommand } from './kanikit-command.ts';

const characters = 8 * 1024 * 1024;
const long = (repeated: string): string => repeated.repeat(characters / repeated.length);

/** Lines that expressions have been slow on, or that much of them must be hidden in. */
const lines: readonly string[] = [
  `INFO[0001] RUN ${long('\r')}x`,
  `{"level":"info","msg":"${long(String.raw`\"`)}x`,
  `https://user:${long('a/')}x`,
  `Authorization: ${long('b ')}x`,
  `"auth":"${long('c1')}x`,
  long('\u001b['),
  long('6d '),
];
const opening = [
  'INFO[0000] Retrieving image manifest alpine',
  "INFO[0000] Building stage 'alpine' [idx: '0', base-idx: '-1']",
  'INFO[0000] RUN make',
  'INFO[0000] Running: [/bin/sh -c make]',
  'make: started',
  '',
].join('\n');

/** Prints such lines until it is stopped. */
const endless: PodScript = async (container) => {
  container.run();
  for await (const _piece of container.stdin);
  container.print(opening);
  for (let next = 0; !container.signal.aborted; next += 1) {
    container.print(`${lines[next % lines.length]}\n`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { exitCode: 143 };
};

let lab: ScriptedLab;
let kanikit: KanikitCommand;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  lab = await startScriptedLab(endless);
  kanikit = await makeKanikitCommand();
  env = { KUBECONFIG: lab.kubeconfig };
});

afterAll(async () => {
  await kanikit[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});

test('Ctrl-C ends builds, and those who look on, while programs print lines of 8 MiB', async () => {
  const destination = 'registry.example/app:1';
  const build = kanikit.start(
    [
      'build',
      lab.context,
      '-t',
      destination,
      '--name',
      'hostile',
      '--delivery',
      'stdin',
      '--progress',
      'plain',
    ],
    { env },
  );
  await build.until(/make: started/);
  const attached = kanikit.start(['attach', 'hostile', '--progress', 'plain'], { env });
  await attached.until(/make: started/);
  attached.child.kill('SIGINT');
  expect((await attached.ended).exitCode).toBe(130);
  expect(build.child.exitCode).toBeNull();
  build.child.kill('SIGINT');
  expect((await build.ended).exitCode).toBe(130);
  expect(await lab.leftovers()).toEqual([]);
});

test('Ctrl-C ends the reading of a log with such lines', async () => {
  const explain = kanikit.start(['explain', '-'], {
    stdin: lines.map((line) => `${opening}${line}\n`).join(''),
  });
  await once(explain.child.stdin!, 'finish');
  explain.child.kill('SIGINT');
  await explain.ended;
  expect(explain.child.signalCode).toBe('SIGINT');
});

test('Ctrl-C ends the replay of a run with such lines', async () => {
  const event = (fields: object, seconds = 0): string =>
    `${JSON.stringify({ v: 1, time: new Date(Date.UTC(2026, 0, 1) + seconds * 1000), seq: 1, build: 'b', ...fields })}\n`;
  const cluster = { kind: 'kubeconfig', name: 'n', namespace: 'd' };
  const builds = [{ id: 'b', name: 'app', context: '.', destinations: [] }];
  const file = join(kanikit.home, 'run.ndjson');
  await writeFile(file, [
    event({ type: 'run-start', run: 'r', cluster, isSimulated: false, builds }),
    event({ type: 'output', text: 'make: started' }),
    ...lines.map((text) => event({ type: 'output', text })),
    event({ type: 'output', text: 'late' }, 1_000_000),
  ]);
  const replay = kanikit.start(['replay', file, '--progress', 'plain']);
  await replay.until(/make: started/);
  replay.child.kill('SIGINT');
  expect((await replay.ended).exitCode).toBe(130);
});
