import type { FoundBuild, PodResult } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { widthOf } from '../displays/tui/fit.ts';
import { ansiColors, noColors } from '../text/colors.ts';
import { buildTable, shortAge } from './build-table.ts';
import { foundJson } from './found-json.ts';
import { inspectLines } from './inspect-lines.ts';
import { phaseWords } from './phase-words.ts';

const now = 1_800_000_000_000;
const ended = (result: Partial<PodResult>): FoundBuild['phase'] => ({
  state: 'ended',
  result: { cause: 'completed', exitCode: 0, ...result } as PodResult,
});
const layout = { now, colors: noColors, width: undefined };
const sample: FoundBuild = {
  runId: 'mie2x4ab-1f3c',
  buildId: 'api-1a2b3c',
  namespace: 'ci',
  pod: 'kanikit-api-1a2b3c',
  podUid: 'u',
  job: undefined,
  about: undefined,
  image: 'gcr.io/kaniko-project/executor:v1.24.0',
  args: [],
  node: 'ip-10-0-12-244.eu-central-1.compute.internal',
  phase: { state: 'running' },
  createdAt: now - 90_000,
  startedAt: now - 80_000,
  endedAt: undefined,
  deadlineAt: now + 3_600_000,
  ownership: 'alive',
  owner: 'somebody@a-machine-with-a-long-name.example.com',
  heardAt: now - 90_000,
  keepUntil: undefined,
  cancelled: undefined,
  secrets: ['kanikit-api-1a2b3c'],
};
const long = {
  ...sample,
  buildId: 'an-image-with-a-name-that-is-forty-letters-1a2b3c',
  namespace: 'a-namespace-of-another-team',
  phase: { state: 'pending', reason: 'CreateContainerConfigError', message: 'x' } as const,
  ownership: 'abandoned' as const,
};

test.each([80, 100, 120, 200])('the table fits %i columns, with names that are too long for it', (width) => {
  const lines = buildTable([sample, long], { now, width, colors: noColors });
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
  expect(lines).toHaveLength(3);
  for (const word of ['BUILD', 'PHASE', 'AGE', 'CLIENT', 'RUN']) expect(lines[0]).toContain(word);
  expect(lines[1]).toContain('api-1a2b3c');
  expect(lines[1]).toContain('mie2x4ab-1f3c');
  expect(lines[2]).toContain('abandoned');
});

test('a pipe gets all of it, and the namespace where there are several', () => {
  const [head, , last] = buildTable([sample, long], {
    now,
    width: Number.POSITIVE_INFINITY,
    colors: noColors,
  });
  for (const word of ['NAMESPACE', 'OWNER', 'NODE', 'IMAGE']) expect(head).toContain(word);
  for (const text of [long.buildId, long.namespace, long.owner, long.node]) expect(last).toContain(text);
  expect(buildTable([sample], { now, width: 80, colors: noColors })[0]).not.toContain('NAMESPACE');
});

test('colours take no room, and text from the cluster none of the terminal', () => {
  const evil = {
    ...sample,
    owner: 'me\u001b[2J@x',
    phase: { state: 'pending', reason: 'A\u001b]0;t\u0007', message: '' } as const,
  };
  const options = { now, width: 200 };
  const plain = buildTable([evil], { ...options, colors: noColors });
  const colored = buildTable([evil], { ...options, colors: ansiColors });
  // oxlint-disable-next-line no-control-regex
  expect(colored.map((line) => line.replaceAll(/\u001b\[\d+m/g, '').trimEnd())).toEqual(plain);
  expect(plain.join('')).not.toContain('\u001b');
  const inspected = { ...evil, details: { conditions: [], events: [] } };
  expect(inspectLines(inspected, layout).join('\n')).not.toContain('\u001b');
});

test('conditions and events stand in columns', () => {
  const condition = { reason: undefined, message: undefined };
  const event = { time: now - 5_000, isWarning: false, message: 'words', count: 1 };
  const details = {
    conditions: [
      { ...condition, type: 'Initialized', status: 'True' },
      { ...condition, type: 'Ready', status: 'False', reason: 'PodFailed' },
    ],
    events: [
      { ...event, reason: 'Scheduled' },
      { ...event, reason: 'BackOff', isWarning: true, message: 'two\nlines', count: 3 },
    ],
  };
  expect(inspectLines({ ...sample, details }, layout).slice(-7)).toEqual([
    'conditions',
    '  Initialized  True',
    '  Ready        False  PodFailed',
    '',
    'events',
    '  5s ago  Scheduled        words',
    '  5s ago  warning BackOff  two lines (3 times)',
  ]);
});

test('in a terminal values hang beside their labels, whole; in a pipe each is one line', () => {
  const contextLocation = `s3://contexts/ci/runs/mie2x4ab-1f3c/${'ab'.repeat(32)}.tar.gz at https://minio.example`;
  const message = 'Successfully assigned the pod of this build to a node that has a very long name';
  const event = { time: now - 5_000, isWarning: false, reason: 'Scheduled', message, count: 1 };
  const about = { name: 'api', destinations: [], context: './api', contextLocation } as const;
  const build = {
    ...sample,
    about: { ...about } as unknown as FoundBuild['about'],
    details: { conditions: [], events: [event] },
  };
  const narrow = inspectLines(build, { ...layout, width: 80 });
  expect(Math.max(...narrow.map(widthOf))).toBeLessThanOrEqual(80);
  const stored = narrow.findIndex((line) => line.startsWith('stored at'));
  expect(
    narrow
      .slice(stored, stored + 3)
      .map((line) => line.slice(13))
      .join(''),
  ).toContain(`${'ab'.repeat(32)}.tar.gz`);
  expect(narrow[stored + 1]).toMatch(/^ {13}\S/);
  const piped = inspectLines(build, layout);
  expect(piped).toContain(`stored at    ${contextLocation}`);
  expect(piped.at(-1)).toBe(`  5s ago  Scheduled  ${message}`);
});

test.each([
  [sample.phase, 'running'],
  [{ state: 'pending', reason: undefined, message: undefined }, 'pending'],
  [{ state: 'pending', reason: 'Unschedulable', message: 'x' }, 'pending Unschedulable'],
  [{ state: 'stopping' }, 'stopping'],
  [ended({}), 'built'],
  [ended({ exitCode: 3 }), 'failed (3)'],
  [ended({ cause: 'oom-killed' }), 'out of memory'],
  [ended({ cause: 'cancelled' }), 'cancelled'],
  [ended({ cause: 'deadline-exceeded' }), 'too late'],
] as const)('%j is told as %s', (phase, words) => {
  expect(phaseWords({ ...sample, phase })).toBe(words);
});

test('ages are short', () => {
  expect([5_000, 119_000, 120_000, 7_200_000, 200_000_000].map(shortAge)).toEqual([
    '5s',
    '119s',
    '2m',
    '2h',
    '2d',
  ]);
});

test('JSON has times as text and no values of secrets', () => {
  const json = JSON.parse(
    JSON.stringify(foundJson({ ...sample, cancelled: { by: 'x', at: now } })),
  ) as object;
  expect(json).toMatchObject({
    buildId: 'api-1a2b3c',
    createdAt: new Date(now - 90_000).toISOString(),
    cancelled: { by: 'x', at: new Date(now).toISOString() },
    secrets: ['kanikit-api-1a2b3c'],
  });
});
