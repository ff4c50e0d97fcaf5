import { describe, expect, test } from 'vitest';
import { createLogDecoder } from './decoder.ts';
import { decode, failedAt, output, recorded, steps } from './fork-story.test.helper.ts';

const base = '127.0.0.1:36205/base:latest';

/** Lines in the format of the fork: how a stage begins, and an instruction that runs. */
const fork = ['active feature flags: FF_KANIKO_SQUASH_STAGES', 'credential providers by priority: [env]'];
const stage = (index: number): string[] => [
  `Building stage '${base}' [idx: '${index}', base-idx: '-1']`,
  'Unpacking rootfs as cmd RUN x requires it.',
];
const run = (command: string): string[] => [
  `RUN ${command}`,
  'Cmd: /bin/sh',
  `Args: [-c ${command}]`,
  `Running: [/bin/sh -c ${command}]`,
  'Taking snapshot of full filesystem...',
];
const formats: Readonly<Record<string, (message: string) => string>> = {
  json: (msg) => JSON.stringify({ level: 'info', msg, time: '2026-11-30T23:15:09Z' }),
  text: (msg) => `time="2026-11-30T23:15:09Z" level=info msg=${JSON.stringify(msg)}`,
  color: (msg) => `\x1b[36mINFO\x1b[0m[0001] ${msg.padEnd(44)} `,
};

describe.each(Object.entries(formats))('%s', (_, write) => {
  const log = (...messages: readonly (string | readonly string[])[]): string =>
    [...fork, ...messages.flat()].map((message) => `${write(message)}\n`).join('');

  test('triggers of an image run before the first step, however many and whatever they are', () => {
    const triggers = ['ARG A=1', 'USER root', 'WORKDIR /w', 'COPY . /w', 'ADD a /b'];
    const { events } = decode(
      log(stage(0), triggers, run('make'), run('make'), 'COPY x /y', run('make'), run('child')),
      `FROM ${base}\nCOPY x /y\nRUN make\nRUN child\n`,
      0,
    );
    expect(steps(events)).toEqual([
      ...triggers.map((trigger) => `0.0 ${trigger}`),
      '0.0 RUN make',
      '0.0 RUN make',
      '0.0 COPY x /y',
      '0.1 RUN make',
      '0.2 RUN child',
    ]);
    expect(events.filter(({ type }) => type === 'output')).toEqual([]);
  });

  test('a trigger of an image that reads like the first step does not end the triggers', () => {
    const { events } = decode(
      log(stage(0), run('make'), 'COPY . /w', 'USER root', run('make'), run('child')),
      `FROM ${base}\nRUN make\nRUN child\n`,
      0,
    );
    expect(steps(events)).toEqual([
      '0.0 RUN make',
      '0.0 COPY . /w',
      '0.0 USER root',
      '0.0 RUN make',
      '0.1 RUN child',
    ]);
    expect(events.filter(({ type }) => type === 'output')).toEqual([]);
  });

  test("a trigger after one that reads like the last step of the lowest stage is that stage's", () => {
    const { events } = decode(
      log(stage(1), run('make'), run('trigger'), run('make'), 'USER root', run('child')),
      `FROM ${base} AS a\nONBUILD USER root\nRUN make\nFROM a\nRUN child\n`,
      0,
    );
    expect(steps(events)).toEqual([
      '0.1 RUN make',
      '0.0 RUN trigger',
      '0.1 RUN make',
      '1.0 USER root',
      '1.0 RUN child',
    ]);
  });

  test('a COPY of an image that finds no file is to blame, and not the first COPY of the Dockerfile', () => {
    const missing = '/kaniko/buildcontext/missing';
    const text = `${log(stage(0).slice(0, 1), 'Unpacking rootfs as cmd COPY missing /x requires it.')}error building image: error building stage: failed to get files used from context: failed to get fileinfo for ${missing}: lstat ${missing}: no such file or directory\n`;
    const { verdict } = decode(text, `FROM ${base}\nRUN one\nCOPY other /y\n`, 1);
    expect(failedAt(verdict)).toBe('0.0 COPY missing /x');
  });

  test('stages that are not built show what the cache has of them', () => {
    const hit = (instruction: string): string[] => [
      `Checking for cached layer r/c:${'a'.repeat(64)}...`,
      `Using caching version of cmd: ${instruction}`,
    ];
    const dockerfile = `FROM ${base} AS a\nENV A=1\nRUN one\nONBUILD USER root\nFROM a AS b\nRUN one\nFROM ${base} AS c\nRUN three\nFROM ${base}\nCOPY --from=b /x /x\nCOPY --from=c /y /y\n`;
    const copies = ['COPY --from=b /x /x', 'COPY --from=c /y /y'].flatMap((copy) => [
      `Cache hit via inferred cross-stage key for cmd: ${copy}`,
      ...hit(copy),
    ]);
    const gone = (index: number): string =>
      `Eliminating stage '${base}' [idx: '${index}'], all consumers are served from cache`;
    const { events } = decode(
      log(
        'Built cross stage deps: map[1:[/x] 2:[/y]]',
        hit('RUN trigger'),
        hit('RUN one'),
        hit('RUN one'),
        hit('RUN three'),
        copies,
        gone(2),
        gone(1),
        `Building stage '${base}' [idx: '3', base-idx: '-1']`,
        copies,
        ['COPY --from=b /x /x', 'COPY --from=c /y /y'],
      ),
      dockerfile,
      0,
    );
    expect(steps(events)).toEqual([
      '0.0 RUN trigger',
      '0.0 ENV A=1',
      '0.1 RUN one',
      '1.0 USER root',
      '1.0 RUN one',
      '2.0 RUN three',
      '3.0 COPY --from=b /x /x',
      '3.1 COPY --from=c /y /y',
    ]);
    const ends = events.filter((event) => event.type === 'step-end');
    expect(ends.map(({ outcome }) => outcome)).toEqual([
      'cached',
      'done',
      'cached',
      'done',
      ...Array<string>(4).fill('cached'),
    ]);
    const answers = events.filter((event) => event.type === 'step-cache');
    expect(answers.map((answer) => `${answer.stage}.${answer.step} ${answer.result}`)).toEqual([
      '0.0 hit',
      '0.1 hit',
      '1.0 hit',
      '2.0 hit',
      '3.0 hit',
      '3.1 hit',
    ]);
  });

  test('triggers of a stage are in the Dockerfile, and two stages on it run them each', () => {
    const dockerfile = `FROM ${base} AS b\nRUN one\nONBUILD RUN trigger\nFROM b AS c1\nRUN two\nFROM b\nRUN three\nCOPY --from=c1 /x /x\n`;
    const { events } = decode(
      log(
        stage(0),
        run('one'),
        ['ONBUILD RUN trigger', 'Cmd: ONBUILD', 'Args: RUN trigger'],
        `Building stage 'b' [idx: '1', base-idx: '0']`,
        run('trigger'),
        run('two'),
        `Building stage 'b' [idx: '2', base-idx: '0']`,
        run('trigger'),
        run('three'),
        'COPY --from=c1 /x /x',
      ),
      dockerfile,
      0,
    );
    expect(steps(events)).toEqual([
      '0.0 RUN one',
      '0.1 ONBUILD RUN trigger',
      '1.0 RUN trigger',
      '1.0 RUN two',
      '2.0 RUN trigger',
      '2.0 RUN three',
      '2.1 COPY --from=c1 /x /x',
    ]);
    expect(events.filter((event) => event.type === 'stage-start')).toHaveLength(3);
    expect(events.filter((event) => event.type === 'log' && !event.isRecognized)).toEqual([]);
  });

  test('of instructions that read alike in squashed stages the lowest stage runs first', () => {
    const dockerfile = `FROM ${base} AS a\nRUN same\nFROM a AS b\nRUN same\nRUN same\nFROM b\nRUN same\n`;
    const { events } = decode(
      log(stage(2), run('same'), run('same'), run('same'), run('same')),
      dockerfile,
      0,
    );
    expect(steps(events)).toEqual(['0.0 RUN same', '1.0 RUN same', '1.1 RUN same', '2.0 RUN same']);
  });

  test('answers of the cache name the stage and step that they are about', () => {
    const { events } = decode(
      log(
        `Building stage '${base}' [idx: '1', base-idx: '-1']`,
        `Checking for cached layer r/c:${'a'.repeat(64)}...`,
        'Using caching version of cmd: RUN same',
        `Checking for cached layer r/c:${'b'.repeat(64)}...`,
        'Cache hit via inferred cross-stage key for cmd: RUN same',
        'Using caching version of cmd: RUN same',
        'Skipping unpacking as no commands require it.',
        ['RUN same', 'Found cached layer, extracting to filesystem', 'RUN same'],
      ),
      `FROM ${base} AS a\nRUN same\nFROM a\nRUN same\n`,
      0,
    );
    const answers = events.filter((event) => event.type === 'step-cache');
    expect(answers.map((answer) => `${answer.stage}.${answer.step}`)).toEqual(['0.0', '1.0']);
    const ends = events.filter((event) => event.type === 'step-end');
    expect(ends.map(({ outcome }) => outcome)).toEqual(['cached', 'cached']);
  });

  test('a missing file fails the instruction that wants it, and the one before is done', () => {
    const text = `${log(stage(0), run('one'))}error building image: error building stage: failed to get files used from context: failed to get fileinfo for /kaniko/buildcontext/missing: lstat /kaniko/buildcontext/missing: no such file or directory\n`;
    const { events, verdict } = decode(text, `FROM ${base}\nRUN one\nCOPY missing /y\n`, 1);
    expect(failedAt(verdict)).toBe('0.1 COPY missing /y');
    const ends = events.filter((event) => event.type === 'step-end');
    expect(ends.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(['0 done', '1 failed']);
  });

  test('with a single snapshot the files of an ADD are looked up right after a program', () => {
    const { events } = decode(
      log(
        `Building stage '${base}' [idx: '0', base-idx: '-1']`,
        'Initializing snapshotter ...',
        'Taking snapshot of full filesystem...',
        run('one').slice(0, -1),
        'Using files from context: [/kaniko/buildcontext/a]',
        'ADD a /a',
      ),
      `FROM ${base}\nRUN one\nADD a /a\n`,
      0,
    );
    expect(steps(events)).toEqual(['0.0 RUN one', '0.1 ADD a /a']);
    expect(events.filter(({ type }) => type === 'output')).toEqual([]);
  });

  test('the first line that proves whose executor it is tells it', () => {
    const decoder = createLogDecoder();
    const first = decoder.push(Buffer.from(`${write(fork[0] ?? '')}\n`));
    expect(first[0]).toMatchObject({ type: 'executor-detect', distribution: 'osscontainertools' });
  });
});

test('a recorded build on an image with triggers', () => {
  const text = recorded('10-onbuild-base-image-json');
  const { events } = decode(text, 'FROM 127.0.0.1:36205/ob-base:1\nRUN echo child; cat /ob.txt\n', 0);
  expect(steps(events)).toEqual([
    '0.0 ARG OBA=1',
    '0.0 RUN echo trigger $OBA',
    '0.0 COPY f.txt /ob.txt',
    '0.0 RUN echo child; cat /ob.txt',
  ]);
  expect(output(events)).toEqual(['0.0 trigger 1', '0.0 child', '0.0 f']);
});

test('a recorded failure of the first of two instructions that read alike', () => {
  const dockerfile = `FROM ${base} AS deps\nRUN test -e /marker\nFROM deps\nRUN touch /marker\nRUN test -e /marker\n`;
  const { verdict } = decode(recorded('13-squash-same-instruction-fails-json'), dockerfile, 1);
  expect(failedAt(verdict)).toBe('0.0 RUN test -e /marker');
});

test('recorded uploads to a cache that denies them: the message names the layer', () => {
  const decoder = createLogDecoder();
  const events = decoder.push(Buffer.from(recorded('29-cache-upload-denied-json')));
  const failed = events.filter((event) => event.type === 'layer-end' && event.outcome === 'failed');
  expect(failed.map((event) => 'layer' in event && event.layer.slice(0, 4))).toEqual(['87f4', '0377']);
});

test('a recorded build with several pushes keeps what it knows of its stages', () => {
  const decoder = createLogDecoder();
  const events = decoder.push(Buffer.from(recorded('14-three-destinations-json')));
  expect(events.filter((event) => event.type === 'push-end')).toHaveLength(3);
});

const choices = [
  ['osscontainertools', '1.24.3', 'osscontainertools'],
  ['osscontainertools', '1.25.6', 'osscontainertools'],
  ['osscontainertools', '1.28.3', 'google'],
  ['chainguard', '1.25.5', 'chainguard'],
  ['google', '1.24.0', 'google'],
] as const;

test.each(choices)('a log that looks like google under %s %s is of %s', (distribution, version, found) => {
  const decoder = createLogDecoder({ executor: { distribution, version } });
  const line = formats['json']?.(`Building stage '${base}' [idx: '0', base-idx: '-1']`) ?? '';
  const events = [...decoder.push(Buffer.from(`${line}\n`)), ...decoder.end({}).events];
  const told = events.filter((event) => event.type === 'executor-detect');
  expect(told.at(-1)).toMatchObject({ distribution: found });
});

test('what telemetry says of its own failures is no output of the build', () => {
  const text = `${[...fork, ...stage(0), ...run('one')].map((message) => `${formats['json']?.(message) ?? ''}\n`).join('')}2026/12/01 03:06:01 traces export: Post "http://127.0.0.1:9/v1/traces": dial tcp 127.0.0.1:9: connect: connection refused\n`;
  const { events } = decode(text, `FROM ${base}\nRUN one\n`, 0);
  expect(events.filter(({ type }) => type === 'output')).toEqual([]);
});

test('a mount of a kind that the executor does not know fails the step that has it', () => {
  const text = `${[...fork, ...stage(0), ...run('one')].map((message) => `${formats['json']?.(message) ?? ''}\n`).join('')}error building image: error building stage: failed to get files used from context: unsupported mount type "foo"\n`;
  const dockerfile = `FROM ${base}\nRUN one\nCOPY a /b\nRUN --mount=type=foo two\n`;
  expect(failedAt(decode(text, dockerfile, 1).verdict)).toBe('0.2 RUN --mount=type=foo two');
});
