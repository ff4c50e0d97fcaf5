import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainLog } from './explain-log.ts';

const folder = new URL('../../fixtures/', import.meta.url);
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.log'),
);
const stamp = '2026-11-23T05:47:30.123456789Z';

/** Ways in which tools record a log; none may change what it says. */
const captures: Readonly<Record<string, (lines: readonly string[]) => string>> = {
  'kubectl logs --timestamps': (lines) => lines.map((line) => `${stamp} ${line}\n`).join(''),
  'kubectl logs --prefix': (lines) => lines.map((line) => `[pod/kaniko-x/kaniko] ${line}\n`).join(''),
  'kubectl logs --prefix --timestamps': (lines) =>
    lines.map((line) => `[pod/kaniko-x/kaniko] ${stamp} ${line}\n`).join(''),
  'the Jenkins timestamper': (lines) => lines.map((line) => `[2026-11-23T05:47:30.123Z] ${line}\n`).join(''),
  'the GitHub runner': (lines) => lines.map((line) => `2026-11-23T05:47:30.1234567Z ${line}\n`).join(''),
  'the GitLab runner': (lines) => lines.map((line) => `2026-11-23T05:47:30.123456Z 01O ${line}\n`).join(''),
  'Windows line ends': (lines) => lines.map((line) => `${line}\r\n`).join(''),
  'a log viewer that prints pod and container': (lines) =>
    lines.map((line) => `kaniko-x kaniko ${line}\n`).join(''),
  'no newline at the end': (lines) => lines.join('\n'),
  'pasted with an indentation': (lines) => lines.map((line) => `    ${line}`.trimEnd() + '\n').join(''),
  'pasted with a tab': (lines) => lines.map((line) => `\t${line}\n`).join(''),
  'quoted in Markdown': (lines) => lines.map((line) => `> ${line}\n`).join(''),
  'quoted twice': (lines) => lines.map((line) => `> > ${line}\n`).join(''),
  Tekton: (lines) => lines.map((line) => `[build-and-push] ${line}\n`).join(''),
  'Tekton of a whole pipeline': (lines) =>
    lines.map((line) => `[build-image : build-and-push] ${line}\n`).join(''),
  'docker compose': (lines) => lines.map((line) => `kaniko-1  | ${line}\n`).join(''),
  'docker compose in colour': (lines) => lines.map((line) => `\x1b[36mkaniko-1  | \x1b[0m${line}\n`).join(''),
  'a stamp, then docker compose': (lines) => lines.map((line) => `${stamp} kaniko-1  | ${line}\n`).join(''),
  'an indentation, then a stamp': (lines) => lines.map((line) => `  ${stamp} ${line}\n`).join(''),
  'a date with a blank': (lines) =>
    lines.map((line, at) => `[2024-05-01 10:00:${String(at % 60).padStart(2, '0')}] ${line}\n`).join(''),
  'a log file of Docker': (lines) =>
    lines.map((line) => `${JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: stamp })}\n`).join(''),
  'gh run view --log': (lines) =>
    lines
      .map((line, at) => `build (amd64, 1)\tRun Kaniko: app\t${at === 0 ? '\ufeff' : ''}${stamp} ${line}\n`)
      .join(''),
  'gh run view --log of a step without a name': (lines) =>
    lines.map((line) => `build\tUNKNOWN STEP\t${stamp} ${line}\n`).join(''),
  'cat -n': (lines) => lines.map((line, at) => `${String(at + 1).padStart(6)}\t${line}\n`).join(''),
  nl: (lines) => lines.map((line, at) => `${String(at + 1).padStart(6)}  ${line}\n`).join(''),
  'grep -n': (lines) => lines.map((line, at) => `${at + 1}:${line}\n`).join(''),
  'grep -n in a folder': (lines) => lines.map((line, at) => `logs/kaniko-1.log:${at + 1}:${line}\n`).join(''),
  'a pager with line numbers': (lines) =>
    lines.map((line, at) => `${String(at + 1).padStart(7)} ${line}\n`).join(''),
  'numbers and a bar, as editors and bat print them': (lines) =>
    lines.map((line, at) => `${String(at + 1).padStart(4)} │ ${line}\n`).join(''),
  'docker service logs': (lines) => lines.map((line) => `ci_kaniko.1.x8zk2@node-1    | ${line}\n`).join(''),
  'argo logs': (lines) => lines.map((line) => `build-x7k2p-1234567890: ${line}\n`).join(''),
  journalctl: (lines) => lines.map((line) => `Nov 23 05:47:30 node-1 kaniko[1234]: ${line}\n`).join(''),
  Buildkite: (lines) => lines.map((line) => `\u001b_bk;t=1764568050123\u0007${line}\n`).join(''),
  'AWS CodeBuild': (lines) =>
    lines.map((line) => `[Container] 2026/11/23 05:47:30.123456 ${line}\n`).join(''),
  TeamCity: (lines) => lines.map((line) => `[05:47:30]W:\t [Step 1/2] ${line}\n`).join(''),
  Bamboo: (lines) => lines.map((line) => `build\t23-Nov-2026 05:47:30\t${line}\n`).join(''),
  'Google Cloud Build': (lines) => lines.map((line) => `Step #1 - "kaniko": ${line}\n`).join(''),
  'a syslog server': (lines) => lines.map((line) => `${stamp} node-1 kaniko[77]: ${line}\n`).join(''),
  'a time without a zone': (lines) => lines.map((line) => `2026-11-23 05:47:30.123 ${line}\n`).join(''),
  'a time in milliseconds': (lines) => lines.map((line) => `1764568050123 ${line}\n`).join(''),
  'a byte order mark': (lines) => `\ufeff${lines.join('\n')}\n`,
};

/** How the escape byte looks in a log that was copied from somewhere. */
const spellings = [
  '←',
  '␛',
  '^[',
  String.raw`\x1b`,
  String.raw`\u001b`,
  String.raw`\033`,
  String.raw`\e`,
  '',
];

describe.each(spellings)('escape bytes as %j', (spelling) => {
  const coloured = names.filter((name) => /^\x1b\[3\dm[A-Z]{4}/m.test(read(name)));
  test.each(coloured)('%s', (name) => {
    const text = read(name);
    // What was dropped can't be told from what was never there, so the other colours are dropped, too.
    const plain = spelling === '' ? text.replaceAll('\x1b', '') : text;
    expect(explainLog(text.replaceAll('\x1b', spelling))).toEqual(explainLog(plain));
    expect(explainLog(plain).steps).toEqual(explainLog(text).steps);
    const indented = text.replaceAll('\x1b', spelling).replaceAll(/^/gm, '    ');
    expect(explainLog(indented.slice(0, -4)).steps).toEqual(explainLog(text).steps);
  });
});

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

describe.each(Object.keys(captures))('%s', (capture) => {
  // A viewer's prefix can be told from text only by the executor's first line behind it.
  const isSilent = (name: string) => /viewer|argo/.test(capture) && !/^(?:time="|\{")/.test(read(name));
  test.each(names.filter((name) => !isSilent(name)))('%s', (name) => {
    const text = read(name);
    const lines = text.trimEnd().split('\n');
    const captured = explainLog(captures[capture]!(lines));
    expect(captured).toEqual(explainLog(`${lines.join('\n')}\n`));
  });
});

test('what viewers of pods and jobs put in front of the lines', () => {
  const lines = [
    'INFO[0000] Retrieving image manifest alpine',
    `INFO[0000] Building stage 'alpine' [idx: '0', base-idx: '-1']`,
    'INFO[0000] RUN make',
    'INFO[0000] Running: [make]',
    'made',
    'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 3',
  ];
  for (const prefix of [
    '[build : build] ',
    'Step #0 - "build": ',
    'kaniko_1  | ',
    'kaniko-x-y kaniko ',
    ' ',
  ]) {
    const report = explainLog(lines.map((text) => prefix + text).join('\n'));
    expect(report.lines).toEqual({ total: 6, executor: 5, output: 1, unknown: 0 });
    expect(report.verdict.exitCode).toBe(3);
  }
});

test('a file that PowerShell wrote', () => {
  const text = read('77-lab-o1283-fail.log');
  const file = Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le');
  expect(explainLog(file)).toEqual(explainLog(text));
});

test('lines of linked libraries, with fields and with a rest', () => {
  const log = [
    `\x1b[36mINFO\x1b[0m[0000] ${'Retrieving image manifest alpine'.padEnd(44)} `,
    `\x1b[31mERRO\x1b[0m[0000] ${'Error parsing the serverURL'.padEnd(44)} \x1b[31merror\x1b[0m="no" \x1b[31mserverURL\x1b[0m=x`,
    'E0323 20:23:21.609447      22 aws_credentials.go:100] error getting credentials from ECR for x NoCredentialProviders',
    '\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors',
    'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "x": unsupported status code 401; body: Not Authorized',
  ].join('\n');
  const report = explainLog(log);
  expect(report.lines).toEqual({ total: 5, executor: 5, output: 0, unknown: 0 });
  expect(report.verdict.failure?.code).toBe('push-denied');
});

test('a job that runs the executor twice', () => {
  const build = (name: string) => [
    'INFO[0000] Retrieving image manifest alpine',
    `INFO[0000] Building stage 'alpine' [idx: '0', base-idx: '-1']`,
    `INFO[0003] RUN ${name}`,
    `INFO[0003] Running: [${name}]`,
    name,
    'INFO[0009] Taking snapshot of full filesystem...',
    `INFO[0010] Pushing image to r.test/${name}:1`,
    `INFO[0012] Pushed r.test/${name}@sha256:${'a'.repeat(64)}`,
  ];
  const report = explainLog([...build('one'), '$ executor', ...build('two')].join('\n'));
  expect(report).toMatchObject({
    verdict: { outcome: 'succeeded' },
    steps: [
      { instruction: 'RUN one', outputLines: 1 },
      { instruction: 'RUN two', outputLines: 1 },
    ],
    images: [{ reference: 'r.test/one:1' }, { reference: 'r.test/two:1' }],
    lines: { total: 17, executor: 14, output: 3, unknown: 0 },
  });
  expect(explainLog([...build('one'), ...build('two').slice(0, 3)].join('\n')).verdict.outcome).toBe(
    'unfinished',
  );
});

test('lines of the executor that a container runtime cut into pieces', () => {
  const long = `Adding to layer: [${'/some/file '.repeat(4000)}]`;
  const first = ['Getting source context from dir:///x', 'Build context located at /x'];
  for (const write of [
    (text: string) => `time="2026-11-23T05:47:30Z" level=debug msg=${JSON.stringify(text)}`,
    (text: string) => JSON.stringify({ level: 'debug', msg: text, time: '2026-11-23T05:47:30Z' }),
    (text: string) => `\x1b[37mDEBU\x1b[0m[0000] ${text.padEnd(44)} `,
  ]) {
    const pieces = write(long).match(/[^]{1,16384}/g)!;
    const report = explainLog(
      [...first.map(write), ...pieces, write('Retrieving image manifest alpine'), ''].join('\n'),
    );
    expect(report.lines).toEqual({ total: 6, executor: 6, output: 0, unknown: 0 });
  }
});

test('with only warnings shown, what is not a warning is a program’s', () => {
  const report = explainLog(
    'WARN[0001] Retrying operation after 1s due to x\nbuilding\nerror building image: error building stage: failed to execute command: waiting for process to exit: exit status 2',
  );
  expect(report.lines).toEqual({ total: 3, executor: 2, output: 1, unknown: 0 });
});

test('a CRI log file: stream, whole lines and pieces', () => {
  const header = `time="2026-11-23T05:47:30Z" level=info msg="Retrieving image manifest alpine"`;
  const report = explainLog(
    [
      `${stamp} stderr F ${header}`,
      `${stamp} stderr P ${header.slice(0, 40)}`,
      `${stamp} stderr F ${header.slice(40)}`,
      `${stamp} stdout F ${header}`,
      '',
    ].join('\n'),
  );
  expect(report.lines).toEqual({ total: 4, executor: 4, output: 0, unknown: 0 });
});

test('colour whose escape bytes were lost or stripped', () => {
  const lines = [
    'Retrieving image manifest alpine',
    `Building stage 'alpine' [idx: '0', base-idx: '-1']`,
    'RUN make',
  ];
  for (const [before, after] of [
    ['[36mINFO[0m', ''],
    ['INFO', ''],
    ['INFO', ' '],
  ]) {
    const report = explainLog(lines.map((text) => `${before}[0001] ${text}${after}`).join('\n'));
    expect(report).toMatchObject({ steps: [{ instruction: 'RUN make' }], lines: { executor: 3 } });
  }
});

test('the lines of a job around the executor belong to nobody', () => {
  const build = read('51-lab-g1240-nopush.log');
  const report = explainLog(
    `Running with gitlab-runner 17.0.0\n$ /kaniko/executor --no-push\n${build}section_end:1700000000:step_script\nCleaning up project directory and file based variables\nJob succeeded\n`,
  );
  expect(report.lines).toEqual({ total: 21, executor: 16, output: 5, unknown: 0 });
  expect(report.steps.map(({ outputLines }) => outputLines)).toEqual([0]);
  expect(report.verdict.outcome).toBe('succeeded');
});

describe('logs that end too early', () => {
  const whole = read('30-lab-g190-cold-text.log');
  test('never claim success, and never throw, wherever they end', () => {
    const end = whole.indexOf('Pushed 127.0.0.1:5000/lab/app@');
    for (let at = 0; at < end; at += 7) {
      const report = explainLog(whole.slice(0, at));
      expect(report.verdict.outcome).toBe('unfinished');
      expect(report.lines.unknown).toBe(0);
      expect(report.lines.executor + report.lines.output).toBe(report.lines.total);
    }
  });

  test('never throw on logs whose beginning is missing', () => {
    const end = whole.lastIndexOf('\n', whole.indexOf('Pushing image to 127.0.0.1:5000/lab/app:'));
    for (let at = 0; at < end; at += 97)
      expect(explainLog(whole.slice(at)).verdict.outcome).toBe('succeeded');
  });

  test('never throw on any bytes', () => {
    expect(explainLog(new Uint8Array([0xff, 0xfd, 0x1b, 0x5b, 0x0a, 0x80, 0x0d]))).toMatchObject({
      verdict: { outcome: 'unfinished' },
      lines: { total: 2, executor: 0, output: 2, unknown: 0 },
    });
    expect(explainLog('')).toMatchObject({ lines: { total: 0 }, stages: [], steps: [], images: [] });
  });
});
