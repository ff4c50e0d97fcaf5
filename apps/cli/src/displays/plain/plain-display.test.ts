import { initialRunState, reduceRun } from '@kanikit/core';
import type { BuildFailure } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { plainLines, plainOutput } from '../../testing/plain-output.ts';
import { outlineOf, runEvents, startedAtMs, type Told } from '../../testing/run-events.ts';
import { showEvents } from '../../testing/show-events.ts';
import { ansiColors } from '../../text/colors.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const image = { reference: 'r.example/app:1', digest };
const none = undefined;

const good: readonly Told[] = [
  { type: 'build-phase', phase: 'preflight' },
  { type: 'outline', stages: outlineOf('COPY . .', 'RUN make') },
  { type: 'build-phase', phase: 'context' },
  { type: 'context-pack', files: 1, bytes: 5, archiveBytes: 9, isDone: false },
  { type: 'context-pack', files: 1_234, bytes: 5_600_000, archiveBytes: 1_100_000, isDone: true },
  {
    type: 'context-upload',
    location: 's3://bucket/x.tar.gz',
    bytes: 1_100_000,
    totalBytes: none,
    isDone: true,
    isReused: false,
    digest,
  },
  { type: 'build-phase', phase: 'pod' },
  { type: 'pod-create', namespace: 'ci', pod: 'kanikit-app', image: 'kaniko:1' },
  { type: 'build-wait', reason: 'Unschedulable', message: '', hint: none },
  { type: 'build-wait', reason: 'Unschedulable', message: 'no node has 4 CPU', hint: 'Ask for less.' },
  { type: 'build-wait', reason: 'Unschedulable', message: 'no node has 4 CPU', hint: 'Ask for less.' },
  { type: 'build-wait', reason: none, message: none, hint: none },
  { type: 'pod-schedule', node: 'node-1' },
  { type: 'pod-pull', image: 'kaniko:1' },
  { type: 'pod-start', node: 'node-1' },
  { type: 'build-phase', phase: 'executor' },
  { type: 'phase-start', phase: 'resolve', detail: 'alpine:3.22' },
  { type: 'phase-end', phase: 'resolve' },
  { type: 'phase-start', phase: 'resolve', detail: 'alpine:3.22' },
  { type: 'phase-end', phase: 'resolve' },
  { type: 'stage-start', stage: 0, name: none, base: 'alpine:3.22' },
  { type: 'step-cache', stage: 0, step: 0, instruction: 'COPY . .', result: 'hit' },
  { type: 'step-start', stage: 0, step: 0, instruction: 'COPY . .' },
  { type: 'step-end', stage: 0, step: 0, outcome: 'cached' },
  { type: 'step-start', stage: 0, step: 1, instruction: 'RUN make' },
  { type: 'phase-start', phase: 'run', detail: 'make', stage: 0, step: 1 },
  { type: 'output', text: 'compiling', stage: 0, step: 1 },
  { type: 'phase-end', phase: 'run', stage: 0, step: 1, afterMs: 2_000 },
  { type: 'step-end', stage: 0, step: 1, outcome: 'done' },
  { type: 'log', level: 'info', message: 'Pushing image', isRecognized: true },
  { type: 'phase-start', phase: 'push', detail: 'r.example/app:1' },
  { type: 'push-start', reference: 'r.example/app:1' },
  { type: 'push-end', reference: 'r.example/app:1', digest, isImmutableIgnored: false },
  { type: 'pod-end', cause: 'completed', exitCode: 0, reason: none },
  { type: 'build-phase', phase: 'settling' },
  { type: 'cleanup', target: 'pod ci/kanikit-app', outcome: 'done', message: none },
  {
    type: 'build-end',
    outcome: 'succeeded',
    digest,
    images: [image],
    exitCode: 0,
    failure: none,
    durationMs: 34_000,
    logFile: none,
  },
  { type: 'run-end', outcome: 'succeeded', succeeded: 1, failed: 0, cancelled: 0, durationMs: 35_000 },
];

test('tells a build from its start to its end', async () => {
  const { display, lines } = plainOutput();
  await showEvents(display, runEvents(['app'], good));
  expect(lines()).toEqual([
    'run r1 on kubeconfig prod/ci: app',
    '[app] packed 1,234 files, 5.6 MB into 1.1 MB in 1.0s',
    '[app] uploaded 1.1 MB to s3://bucket/x.tar.gz',
    '[app] pod ci/kanikit-app created, executor kaniko:1',
    '[app] waiting: Unschedulable',
    '[app] waiting: no node has 4 CPU',
    '[app] hint: Ask for less.',
    '[app] pod is on node node-1',
    '[app] pulling executor kaniko:1',
    '[app] executor started',
    '[app] resolve alpine:3.22',
    '[app] stage 1/1 FROM alpine:3.22',
    '[app 1/2] COPY . .',
    '[app 1/2] CACHED',
    '[app 2/2] RUN make',
    '[app 2/2] compiling',
    '[app 2/2] run took 3.0s',
    '[app 2/2] done in 5.0s',
    '[app] pushing r.example/app:1',
    `[app] pushed r.example/app:1@${digest}`,
    '[app] executor ended: exit code 0',
    `[app] BUILT r.example/app:1@${digest} in 34s`,
    '',
    '1 built in 35s',
    `ok     app  r.example/app:1@${digest}  34s  1/1 cached`,
  ]);
});

const failure: BuildFailure = {
  code: 'run-failed',
  message: '“RUN make” ended with exit status 2.',
  hint: 'The reason is in the last lines.',
  step: { stage: 0, index: 1, instruction: 'RUN make' },
  lines: ['make: no rule', '\u001b[31mstop\u001b[0m'],
  isRetryable: false,
};

test('a build that ended before its log was read: its words come first, and warnings come again at the end', async () => {
  const notice = { type: 'notice', level: 'warning', code: 'x', message: 'odd\nthing', hint: none } as const;
  const { display, lines } = plainOutput();
  const told: readonly Told[] = [
    { type: 'pod-create', namespace: 'ci', pod: 'app', image: 'kaniko:1' },
    { type: 'pod-end', cause: 'completed', exitCode: 0, reason: none },
    { type: 'output', text: 'made' },
    notice,
    notice,
    { type: 'build-phase', phase: 'settling' },
    ...good.filter(({ type }) => type === 'build-end'),
  ];
  await showEvents(display, runEvents(['app'], told));
  const all = lines();
  expect(all.indexOf('[app] executor ended: exit code 0')).toBe(all.indexOf('[app] made') + 5);
  expect(all.slice(-2)).toEqual([
    `ok     app  r.example/app:1@${digest}  34s  2 warnings`,
    '       warning: odd thing',
  ]);
});

test('a log that arrives after the pod has ended has the numbers of its steps', async () => {
  const isOfPod = ({ type }: Told): boolean => type === 'pod-end';
  const start = good.findIndex(({ type }) => type === 'stage-start');
  const late = [
    ...good.slice(0, start),
    ...good.filter(isOfPod),
    ...good.slice(start).filter((event) => !isOfPod(event)),
  ];
  const { display, lines } = plainOutput();
  await showEvents(display, runEvents(['app'], late));
  expect(lines()).toContain('[app 2/2] RUN make');
  expect(lines()).toContain('[app 2/2] compiling');
  expect(lines()).toContain('[app] pushing r.example/app:1');
});

test('tells why a build failed, where, with its lines, and what is left behind', async () => {
  const { display, lines } = plainOutput();
  const end = { digest: none, images: [], exitCode: 2, durationMs: 4_000, logFile: '/logs/app.log' };
  await showEvents(
    display,
    runEvents(
      ['app'],
      [
        { type: 'outline', stages: outlineOf('COPY . .', 'RUN make') },
        { type: 'pod-create', namespace: 'ci', pod: 'app', image: 'kaniko:1' },
        { type: 'step-start', stage: 0, step: 1, instruction: 'RUN make' },
        { type: 'step-end', stage: 0, step: 1, outcome: 'failed' },
        { type: 'pod-end', cause: 'failed', exitCode: 2, reason: 'Error' },
        { type: 'cleanup', target: 'pod ci/app', outcome: 'failed', message: 'forbidden' },
        { type: 'build-end', outcome: 'failed', failure, ...end },
        { type: 'run-end', outcome: 'failed', succeeded: 0, failed: 1, cancelled: 0, durationMs: 5_000 },
      ],
    ),
  );
  const why = [
    '“RUN make” ended with exit status 2.',
    'at Dockerfile:3 RUN make',
    '| make: no rule',
    '| stop',
    'hint: The reason is in the last lines.',
    'full log: /logs/app.log',
  ];
  expect(lines().slice(2)).toEqual([
    '[app 2/2] RUN make',
    '[app 2/2] step failed after 1.0s',
    '[app] executor ended: failed (Error) exit code 2',
    '[app] cleanup failed, left behind: pod ci/app: forbidden',
    '[app] FAILED in 4.0s',
    ...why.map((line) => `[app] ${line}`),
    '',
    '0 built, 1 failed in 5.0s',
    'FAILED app  4.0s',
    ...why.map((line) => `       ${line}`),
    '       left behind: pod ci/app: forbidden',
  ]);
});

describe('one event', () => {
  test.each<[string, Told, readonly string[]]>([
    [
      'another attempt',
      {
        type: 'build-retry',
        attempt: 2,
        attempts: 3,
        code: 'node-lost',
        message: 'The node \u001b[31mwent away.',
        delayMs: 1_800,
        logFile: '/logs/app.log',
      },
      [
        '[app] attempt 1 of 3 failed (node-lost): The node went away.',
        '[app] tries again in 1.8s: attempt 2 of 3',
        '[app] log of the failed attempt: /logs/app.log',
      ],
    ],
    [
      'a reused context',
      {
        type: 'context-upload',
        location: 's3://b/k',
        bytes: 0,
        totalBytes: none,
        isDone: true,
        isReused: true,
        digest,
      },
      ['[app] context is already in s3://b/k'],
    ],
    [
      'a step without a map',
      { type: 'step-start', stage: 0, step: 3, instruction: 'RUN x' },
      ['[app #1] RUN x'],
    ],
    [
      'an instruction of several lines',
      { type: 'step-start', stage: 0, step: 0, instruction: 'RUN a\nb' },
      ['[app #1] RUN a b'],
    ],
    [
      'a stage with a name',
      { type: 'stage-start', stage: 1, name: 'web', base: 'node:24' },
      ['[app] stage 1 web FROM node:24'],
    ],
    [
      'a line nobody knows',
      { type: 'log', level: 'info', message: 'new\nwords', isRecognized: false },
      ['[app] new', '[app] words'],
    ],
    ['a known line', { type: 'log', level: 'info', message: 'Taking snapshot', isRecognized: true }, []],
    [
      'a warning of the executor',
      { type: 'log', level: 'warning', message: 'old base', isRecognized: true },
      ['[app] warning: old base'],
    ],
    ['a retry', { type: 'retry', reason: '503', delayMs: 2_000 }, ['[app] tries again in 2.0s: 503']],
    [
      'a warning',
      { type: 'notice', level: 'warning', code: 'x', message: 'm', hint: 'h' },
      ['[app] warning: m', '[app] hint: h'],
    ],
    ['a notice', { type: 'notice', level: 'info', code: 'x', message: 'm', hint: none }, ['[app] m']],
    ['a cancelled run', { type: 'run-cancel', reason: 'interrupted' }, ['stopping: interrupted']],
    [
      'an evicted pod',
      { type: 'pod-end', cause: 'evicted', exitCode: none, reason: 'Evicted' },
      ['[app] executor ended: evicted (Evicted)'],
    ],
    [
      'a wait without words',
      { type: 'build-wait', reason: 'quota', message: none, hint: none },
      ['[app] waiting: quota'],
    ],
    [
      'a cancelled build',
      {
        type: 'build-end',
        outcome: 'cancelled',
        digest: none,
        images: [],
        exitCode: none,
        failure: none,
        durationMs: 1_500,
        logFile: none,
      },
      ['[app] CANCELLED after 1.5s'],
    ],
  ])('%s', async (_name, event, expected) => {
    expect(await plainLines([event])).toEqual(expected);
  });

  test('of a newer release, or of a build that was not announced, is left out', async () => {
    const newer = { type: 'sparkle' } as unknown as Told;
    expect(await plainLines([newer, { type: 'output', text: 'x', build: 'other' }])).toEqual([]);
  });
});

describe('untrusted text', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;pwned\u0007hi', 'hi'],
    ['moving about', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['8 bit sequences', 'a\u009b31mb', 'ab'],
    ['a redrawn line', '10%\r50%\r100%', '100%'],
    ['the end of a line of Windows', 'done\r', 'done'],
    ['a bell and a backspace', 'a\u0007\u0008b', 'ab'],
    ['reordering', 'evil\u202etxt.exe', 'evil<U+202E>txt.exe'],
    ['a line separator', 'a\u2028b', 'a<U+2028>b'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
  ])('%s', async (_name, text, shown) => {
    expect(await plainLines([{ type: 'output', text }])).toEqual([`[app] ${shown}`]);
  });

  test('in every field that a cluster or a log fills', async () => {
    const bad = 'x\u001b[2Jy\nz';
    const lines = await plainLines([
      { type: 'pod-create', namespace: bad, pod: bad, image: bad },
      { type: 'pod-schedule', node: bad },
      { type: 'build-wait', reason: 'quota', message: bad, hint: bad },
      { type: 'stage-start', stage: 0, name: bad, base: bad },
      { type: 'step-start', stage: 0, step: 0, instruction: bad },
      { type: 'phase-start', phase: 'unpack', detail: bad },
      { type: 'push-start', reference: bad },
      { type: 'notice', level: 'warning', code: 'x', message: bad, hint: bad },
      { type: 'pod-end', cause: bad, exitCode: 1, reason: bad },
      { type: 'run-cancel', reason: bad },
    ]);
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    for (const line of lines) expect(line).toMatch(/^(?:\[app[ #\d]*\]|stopping:) /);
  });

  test('of a megabyte stays whole, and on one line', async () => {
    const [line, ...rest] = await plainLines([{ type: 'output', text: 'x'.repeat(1_000_000) }]);
    expect(line).toHaveLength(1_000_006);
    expect(rest).toEqual([]);
  });
});

test('colour is used only when asked for, and never the only carrier of a meaning', async () => {
  const coloured = plainOutput(ansiColors);
  const bare = plainOutput();
  await showEvents(coloured.display, runEvents(['app'], good));
  await showEvents(bare.display, runEvents(['app'], good));
  expect(bare.out()).not.toContain('\u001b');
  expect(coloured.out()).toContain('\u001b[32m');
  expect(coloured.out().replace(/\u001b\[\d+m/g, '')).toBe(bare.out());
});

test('says SIMULATED first, and in the summary', async () => {
  const { display, lines } = plainOutput();
  const [start, ...rest] = runEvents(['app'], good);
  await showEvents(display, [{ ...start, isSimulated: true } as (typeof rest)[number], ...rest]);
  expect(lines()[0]).toBe('SIMULATED: recorded builds are played, nothing is built');
  expect(lines().at(-2)).toBe('SIMULATED, 1 built in 35s');
});

describe('heartbeat', () => {
  const events = runEvents(
    ['app'],
    [
      { type: 'build-phase', phase: 'executor', afterMs: 0 },
      { type: 'step-start', stage: 0, step: 0, instruction: 'RUN sleep', afterMs: 0 },
      { type: 'phase-start', phase: 'run', detail: 'sleep', afterMs: 0 },
    ],
  );

  test('after 30 seconds of silence, and every 30 more', async () => {
    const { display, clock, lines } = plainOutput();
    const state = await showEvents(display, events, { closes: false });
    const said: string[] = [];
    for (let second = 1; second <= 95; second += 1) {
      const before = lines().length;
      clock.ms = startedAtMs + second * 1_000;
      display.tick(state);
      said.push(
        ...lines()
          .slice(before)
          .map((line) => `${second}: ${line}`),
      );
    }
    expect(said).toEqual([
      '30: [app #1] still RUN sleep (0:30)',
      '60: [app #1] still RUN sleep (1:00)',
      '90: [app #1] still RUN sleep (1:30)',
    ]);
  });

  test('none for builds that wait for their turn or have ended', async () => {
    const { display, clock, lines } = plainOutput();
    const state = await showEvents(display, runEvents(['app', 'web'], good.slice(0, -1)), { closes: false });
    const before = lines().length;
    clock.ms = startedAtMs + 3_600_000;
    display.tick(state);
    expect(lines().slice(before)).toEqual([]);
  });
});

test('builds that run side by side speak in turns, and nothing is lost', async () => {
  const { display, clock, lines } = plainOutput();
  const told = Array.from({ length: 200 }, (_unused, index): Told => ({
    type: 'output',
    text: `line ${index}`,
    build: index % 2 === 0 ? 'a' : 'b',
    afterMs: 100,
  }));
  let state = initialRunState;
  for (const event of runEvents(['a', 'b'], told)) {
    clock.ms = Date.parse(event.time);
    state = reduceRun(state, event);
    await display.show(event, state);
  }
  await display.close(state);
  const spoken = lines().filter((line) => line.includes('] line '));
  const ofBuild = (name: string) => spoken.filter((line) => line.startsWith(`[${name}]`));
  const switches = spoken.filter(
    (line, index) => index > 0 && line.slice(0, 3) !== spoken[index - 1]?.slice(0, 3),
  );
  expect(ofBuild('a')).toEqual(
    told.flatMap(({ build }, index) => (build === 'a' ? `[a] line ${index}` : [])),
  );
  expect(ofBuild('b')).toEqual(
    told.flatMap(({ build }, index) => (build === 'b' ? `[b] line ${index}` : [])),
  );
  // 20 seconds, turns of five.
  expect(switches.length).toBeLessThan(8);
});

test('a context on its way says every five seconds how far it is', async () => {
  const { display, clock, lines } = plainOutput();
  const pack = {
    type: 'context-pack',
    files: 10,
    archiveBytes: 1,
    totalFiles: 40,
    totalBytes: 400_000_000,
  } as const;
  const upload = { type: 'context-upload', location: 's3://b/k', isReused: false, digest: none } as const;
  const told: readonly Told[] = [
    { type: 'build-phase', phase: 'context' },
    { ...pack, bytes: 0, isDone: false },
    { ...pack, bytes: 100_000_000, isDone: false, afterMs: 5_000 },
    { ...pack, files: 40, bytes: 400_000_000, isDone: true, archiveBytes: 90_000_000, afterMs: 5_000 },
    { ...upload, bytes: 0, totalBytes: 90_000_000, isDone: false },
    {
      ...upload,
      bytes: 4_000_000,
      reusedBytes: 80_000_000,
      totalBytes: 90_000_000,
      isDone: false,
      afterMs: 5_000,
    },
    { ...upload, bytes: 10_000_000, reusedBytes: 80_000_000, totalBytes: 90_000_000, isDone: true },
  ];
  let state = initialRunState;
  for (const event of runEvents(['app'], told)) {
    state = reduceRun(state, event);
    await display.show(event, state);
    clock.ms = Date.parse(event.time) + 5_000;
    display.tick(state);
    display.tick(state);
  }
  expect(lines().slice(1)).toEqual([
    '[app] packing 0 B of 400 MB, 10 of 40 files',
    '[app] packing 100 MB of 400 MB, 20 MB/s, 15s left, 10 of 40 files',
    '[app] packed 40 files, 400 MB into 90 MB in 10s',
    '[app] uploading 0 B of 90 MB',
    '[app] uploading 4.0 MB of 10 MB, 800 kB/s, 8s left, 80 MB were there',
    '[app] uploaded 10 MB to s3://b/k, 80 MB of 90 MB were in the bucket already',
  ]);
});
