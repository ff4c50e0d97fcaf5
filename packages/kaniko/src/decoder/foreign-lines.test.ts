import { describe, expect, test } from 'vitest';
import { explainLog } from '../explain/explain-log.ts';

const start = [
  'INFO[0000] Retrieving image manifest alpine',
  `INFO[0000] Building stage 'alpine' [idx: '0', base-idx: '-1']`,
  'INFO[0000] RUN make',
  'INFO[0000] Running: [make]',
];
const end = [
  'INFO[0009] Taking snapshot of full filesystem...',
  'INFO[0010] Pushing image to r.test/app:1',
  `INFO[0012] Pushed r.test/app@sha256:${'a'.repeat(64)}`,
];
const nested = [
  'INFO[0000] Retrieving image manifest busybox',
  `INFO[0000] Building stage 'busybox' [idx: '0', base-idx: '-1']`,
  'INFO[0001] RUN inner',
  'INFO[0001] Running: [inner]',
  'inner',
  'INFO[0002] Taking snapshot of full filesystem...',
  'INFO[0003] Pushing image to r.test/inner:1',
  `INFO[0004] Pushed r.test/inner@sha256:${'b'.repeat(64)}`,
];
/** What tools put in front of the lines that they record, and programs in front of those that they print. */
const prefixes = [
  '2026-11-23T05:47:30.123456789Z ',
  '[2026-11-23T05:47:30.123Z] ',
  '2026-11-23T05:47:30.123456Z 01O ',
  '2026-11-23T05:47:30.123456789Z stdout F ',
  '10:00:01 ',
  '[10:00:01] ',
  '[Pipeline] ',
  '[pod/app/main] ',
  '[build : build] ',
  'app-1  | ',
  'Step #0 - "build": ',
  '12:',
  '     1\t',
  'main.c:12:',
  'build\tRun\t2026-11-23T05:47:30.123Z ',
  'Nov 23 05:47:30 node-1 kaniko[1234]: ',
  '> ',
  '| ',
  '    ',
  '\t',
];

describe.each(prefixes)('a program that prints %j in front of its lines', (prefix) => {
  test.each([
    ['its own words', ['one', 'two', 'three']],
    ['the log of an executor', nested],
  ])('%s stay what it printed', (_name, lines) => {
    const printed = lines.map((line) => prefix + line);
    const report = explainLog([...start, ...printed, ...end, ''].join('\n'));
    expect(report.verdict.outcome).toBe('succeeded');
    expect(report.images.map(({ reference }) => reference)).toEqual(['r.test/app:1']);
    expect(report.steps.map(({ instruction }) => instruction)).toEqual(['RUN make']);
    expect(report.lines).toEqual({ total: 7 + lines.length, executor: 7, output: lines.length, unknown: 0 });
  });
});

const build = [...start, 'made', ...end];
const plain = explainLog([...build, ''].join('\n'));

test.each([
  [
    'marks of GitLab in front of the first and behind the last line',
    [
      `section_start:1700000000:step_script\r\u001b[0K${build[0]}`,
      ...build.slice(1),
      'section_end:1700000009:step_script\r\u001b[0K',
    ],
  ],
  [
    'a download of GitHub',
    build.map((line, at) => `${at === 0 ? '\ufeff' : ''}2026-11-23T05:47:30.1234567Z ${line}`),
  ],
  [
    'Azure DevOps',
    [
      '2026-11-23T05:47:30.1234567Z ##[section]Starting: Build',
      ...build.map((line) => `2026-11-23T05:47:30.1234567Z ${line}`),
    ],
  ],
  ['a fence of Markdown', ['```', ...build, '```']],
  ['a fence of Markdown with a language', ['Here is my log:', '', '```text', ...build, '```', '']],
  ['a fence inside of a list', ['- log:', '  ```', ...build.map((line) => `  ${line}`), '  ```']],
])('%s tells the same story', (_name, lines) => {
  const report = explainLog([...lines, ''].join('\n'));
  expect(report.verdict).toEqual(plain.verdict);
  expect(report.steps).toEqual(plain.steps);
  expect(report.images).toEqual(plain.images);
});

test.each([
  [
    'named',
    (text: string) =>
      text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;')
        .replaceAll('\u001b', '&#27;'),
  ],
  [
    'hexadecimal',
    (text: string) =>
      text
        .replaceAll('&', '&#x26;')
        .replaceAll('<', '&#x3C;')
        .replaceAll('>', '&#x3e;')
        .replaceAll('"', '&#x22;')
        .replaceAll("'", '&#x27;')
        .replaceAll('\u001b', '&#x1b;'),
  ],
])('a log copied from the source of a web page, with %s entities', (_name, spell) => {
  const forms = [
    (text: string) => text,
    (text: string) =>
      text.replace(
        /^INFO(\[\d+\]) (.*)$/,
        (_all, clock: string, words: string) => `\u001b[36mINFO\u001b[0m${clock} ${words.padEnd(44)} `,
      ),
    (text: string) =>
      text.replace(
        /^INFO\[\d+\] (.*)$/,
        (_all, words: string) => `time="2026-11-23T05:47:30Z" level=info msg=${JSON.stringify(words)}`,
      ),
    (text: string) =>
      text.replace(/^INFO\[\d+\] (.*)$/, (_all, words: string) =>
        JSON.stringify({ level: 'info', msg: words, time: '2026-11-23T05:47:30Z' }),
      ),
  ];
  for (const form of forms) {
    const lines = build.map((line) =>
      form(line.replace('RUN make', 'RUN a < b && "c"').replace('[make]', '[a < b]')),
    );
    const report = explainLog([...lines, ''].map(spell).join('\n'));
    expect(report).toEqual(explainLog([...lines, ''].join('\n')));
  }
});

test('entities that a program prints, or that a Dockerfile has, are left as they are', () => {
  const lines = build.map((line) =>
    line.replace('RUN make', 'RUN echo "&lt;"').replace('made', '[idx: &#39;0 &lt;'),
  );
  const report = explainLog([...lines, ''].join('\n'));
  expect(report.steps).toMatchObject([{ instruction: 'RUN echo "&lt;"', outputLines: 1 }]);
  expect(report.lines).toEqual(plain.lines);
});
