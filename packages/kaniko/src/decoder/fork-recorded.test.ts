import { expect, test } from 'vitest';
import { decode, failedAt, output, recorded, steps } from './fork-story.test.helper.ts';

const base = '127.0.0.1:17444/base:latest';
const plain = `FROM ${base}
RUN echo one
COPY f /f
RUN <<EOF
echo two
EOF
USER root
`;
const onTriggers = `FROM 127.0.0.1:17444/ob-a:1 AS base
FROM base AS tool
RUN echo tool
ONBUILD RUN echo never
FROM ${base}
COPY --from=tool /etc/passwd /p
RUN echo one
COPY --from=tool /etc/group /g
RUN echo two
USER root
`;
const plainStory = {
  steps: ['0.0 RUN echo one', '0.1 COPY f /f', '0.2 RUN <<EOF', '0.3 USER root'],
  output: ['0.0 one', '0.2 two'],
};

const stories = [
  {
    name: 'one snapshot at the end, at the level debug',
    log: '33-single-snapshot-debug-text',
    dockerfile: plain,
    ...plainStory,
  },
  {
    name: 'marked files instead of snapshots, with the dim debug lines of 1.29',
    log: '35-marker-debug-color',
    dockerfile: plain,
    ...plainStory,
  },
  {
    name: 'one snapshot, and the cache asked again before each COPY, on an image with triggers and no steps',
    log: '34-single-snapshot-inferred-color',
    dockerfile: onTriggers,
    steps: [
      '0.0 RUN echo T:img',
      '0.0 ENV OB=1',
      '1.0 RUN echo tool',
      '1.1 ONBUILD RUN echo never',
      '2.0 COPY --from=tool /etc/passwd /p',
      '2.1 RUN echo one',
      '2.2 COPY --from=tool /etc/group /g',
      '2.3 RUN echo two',
      '2.4 USER root',
    ],
    output: ['0.0 T:img', '1.0 tool', '2.1 one', '2.3 two'],
  },
  {
    name: 'keys of the cache with heredocs in them, at the level debug',
    log: '40-heredoc-in-keys-debug-color',
    dockerfile: `FROM ${base}\nRUN <<EOT\necho one\necho two\n\necho three\nEOT\nRUN echo last\n`,
    steps: ['0.0 RUN <<EOT', '0.1 RUN echo last'],
    output: ['0.0 one', '0.0 two', '0.0 three', '0.1 last'],
  },
];

test.each(stories)('$name', ({ log, dockerfile, steps: begun, output: printed }) => {
  const { events, verdict } = decode(recorded(log), dockerfile, 0);
  expect(steps(events)).toEqual(begun);
  expect(output(events)).toEqual(printed);
  expect(events.filter((event) => event.type === 'log' && !event.isRecognized)).toEqual([]);
  expect(verdict.outcome).toBe('succeeded');
});

test('what telemetry says of its own failures is no output of the program that runs, and cuts no line of it', () => {
  const dockerfile = `FROM ${base}
RUN echo one; sleep 7; echo two
RUN printf 'no newline'; sleep 6; echo ' end'
RUN exit 3
`;
  const { events, verdict } = decode(recorded('36-telemetry-fails-json'), dockerfile, 3);
  expect(output(events)).toEqual(['0.0 one', '0.0 two', '0.1 no newline end']);
  expect(failedAt(verdict)).toBe('0.2 RUN exit 3');
  expect(verdict.failure?.lines.join()).not.toContain('traces export');
});

test('a program that says so of its own spans is quoted, as long as the executor exports none', () => {
  const text = recorded('36-telemetry-fails-json').replace(/^.*KANIKO_TELEMETRY.*\n/m, '');
  const dockerfile = `FROM ${base}\nRUN echo one; sleep 7; echo two\n`;
  const { events } = decode(text.slice(0, text.indexOf('\ntwo')), dockerfile, 3);
  expect(output(events)[1]).toMatch(/^0\.0 2026\S+ \S+ traces export: /);
});

test.each([
  ['37-second-push-fails-debug-json', `FROM ${base}\nRUN true\n`, 'registry-unreachable', undefined],
  [
    '38-copy-missing-debug-color',
    `FROM ${base}\nRUN true\nCOPY nope /x\n`,
    'source-missing',
    '0.1 COPY nope /x',
  ],
])('%s: lines at the level debug after the last words leave them the last', (log, dockerfile, code, at) => {
  const { verdict } = decode(recorded(log), dockerfile, 1);
  expect(verdict.failure?.code).toBe(code);
  if (at !== undefined) expect(failedAt(verdict)).toBe(at);
});

test('a shell for another architecture, run through tini', () => {
  const dockerfile = 'FROM scratch\nCOPY sh /bin/sh\nRUN echo hi\n';
  const { verdict } = decode(recorded('39-tini-foreign-shell-json'), dockerfile, 1);
  expect(verdict.failure?.code).toBe('run-wrong-architecture');
  expect(failedAt(verdict)).toBe('0.1 RUN echo hi');
});

test('of several pushes the one before the failure is confirmed', () => {
  const { verdict } = decode(recorded('37-second-push-fails-debug-json'), `FROM ${base}\nRUN true\n`, 1);
  expect(verdict.images.map(({ reference }) => reference)).toEqual(['127.0.0.1:17444/f/pushfail-debug:1']);
});
