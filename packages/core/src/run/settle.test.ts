import type { ExecutorVerdict } from '@kanikit/kaniko';
import { KanikitError, type PodResult } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { settle } from './settle.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const other = `sha256:${'e'.repeat(64)}`;
const destinations = ['r.example/app:1', 'r.example/app:2'];
const images = destinations.map((reference) => ({ reference, digest }));
const nothingElse = { keptTags: [], unpushed: undefined };

const explained = {
  code: 'run-failed' as const,
  message: 'RUN make failed.',
  hint: undefined,
  step: { stage: 0, index: 0, instruction: 'RUN make' },
  lines: ['no rule'],
  isRetryable: false,
};

/** What the log may say. */
const logs = {
  'all pushes': { outcome: 'succeeded', exitCode: 0, failure: undefined, images, ...nothingElse },
  'all pushes, then a kill': {
    outcome: 'failed',
    exitCode: 137,
    failure: { ...explained, code: 'executor-killed' },
    images,
    ...nothingElse,
  },
  'one push of two': {
    outcome: 'unfinished',
    exitCode: undefined,
    failure: undefined,
    images: images.slice(0, 1),
    ...nothingElse,
  },
  'a failure': { outcome: 'failed', exitCode: 1, failure: explained, images: [], ...nothingElse },
  nothing: { outcome: 'unfinished', exitCode: undefined, failure: undefined, images: [], ...nothingElse },
} as const satisfies Record<string, ExecutorVerdict>;

function podOf(cause: PodResult['cause'], exitCode?: number, terminationMessage?: string): PodResult {
  const times = { startedAt: 0, finishedAt: 0 };
  return { cause, exitCode, reason: undefined, message: undefined, terminationMessage, ...times };
}

const watchError = new KanikitError({ code: 'cluster-denied', message: 'Watching pods: token expired.' });

/** What the cluster may say; undefined is a watch that failed for good. */
const pods = {
  'exit 0, digest': podOf('completed', 0, `${digest}\n`),
  'exit 0, no digest': podOf('completed', 0),
  'exit 0, no such digest': podOf('completed', 0, 'sha256:no'),
  'exit 1': podOf('completed', 1),
  'exit 1, digest of a cache layer': podOf('completed', 1, other),
  'out of memory': podOf('oom-killed', 137),
  evicted: podOf('evicted', 137),
  'past its deadline': podOf('deadline-exceeded', 137),
  'lost with its node': podOf('node-lost'),
  deleted: podOf('deleted'),
  preempted: podOf('preempted', 143),
  'never started': podOf('never-started'),
  'out of sight': undefined,
} as const;

type Verdict = readonly [outcome: string, digestOrCode: string | undefined];
const yes: Verdict = ['succeeded', digest];
const no = (code: string): Verdict => ['failed', code];

/** Pod by pod: the verdict for each log, in the order of `logs`. */
const table: Readonly<Record<keyof typeof pods, readonly [Verdict, Verdict, Verdict, Verdict, Verdict]>> = {
  'exit 0, digest': [yes, yes, yes, yes, yes],
  'exit 0, no digest': [yes, yes, yes, ['succeeded', undefined], ['succeeded', undefined]],
  'exit 0, no such digest': [yes, yes, yes, ['succeeded', undefined], ['succeeded', undefined]],
  'exit 1': [no('executor-failed'), yes, no('executor-failed'), no('run-failed'), no('executor-failed')],
  'exit 1, digest of a cache layer': [
    no('executor-failed'),
    yes,
    no('executor-failed'),
    no('run-failed'),
    no('executor-failed'),
  ],
  // The executor lived, and told of a command that failed.
  'out of memory': [yes, yes, no('executor-out-of-memory'), no('run-killed'), no('executor-out-of-memory')],
  evicted: [yes, yes, ...three('pod-evicted')],
  'past its deadline': [yes, yes, ...three('deadline-exceeded')],
  'lost with its node': [yes, yes, ...three('node-lost')],
  deleted: [yes, yes, ...three('pod-deleted')],
  preempted: [yes, yes, ...three('pod-preempted')],
  'never started': [no('pod-not-started'), no('pod-not-started'), ...three('pod-not-started')],
  'out of sight': [yes, yes, no('cluster-denied'), no('run-failed'), no('cluster-denied')],
};

function three(code: string): readonly [Verdict, Verdict, Verdict] {
  return [no(code), no(code), no(code)];
}

const cases = Object.entries(table).flatMap(([pod, verdicts]) =>
  Object.keys(logs).map((log, index) => [pod, log, verdicts[index]] as const),
) as (readonly [keyof typeof pods, keyof typeof logs, Verdict])[];

const judge = (pod: keyof typeof pods, log: keyof typeof logs, wanted: readonly string[] = destinations) => {
  const story = {
    pod: pods[pod],
    watchError: pods[pod] === undefined ? watchError : undefined,
    log: logs[log],
  };
  return settle(story, { destinations: wanted, isContextSealed: true });
};

describe('the verdict', () => {
  test.each(cases)('of a pod that ended "%s" with a log of "%s"', (pod, log, [outcome, expected]) => {
    const verdict = judge(pod, log);
    expect(verdict.outcome).toBe(outcome);
    expect(outcome === 'succeeded' ? verdict.digest : verdict.failure?.code).toBe(expected);
    // Never more than what the log confirms, whatever the digest file says.
    expect(verdict.images).toEqual(logs[log].images);
    if (outcome === 'succeeded') expect(verdict.failure).toBeUndefined();
  });

  test('tells where it comes from when it is not the exit code', () => {
    expect(judge('lost with its node', 'all pushes').notices).toMatchObject([{ code: 'verdict-from-log' }]);
    expect(judge('exit 0, digest', 'all pushes').notices).toEqual([]);
  });

  test.each([
    ['nothing', destinations],
    ['one push of two', destinations.slice(1)],
  ] as const)('tells which pushes a log of "%s" does not confirm', (log, unconfirmed) => {
    const { notices } = judge('exit 0, digest', log);
    expect(notices).toMatchObject([{ code: 'push-unconfirmed' }]);
    for (const name of destinations)
      expect(notices[0]?.message.includes(name)).toBe(unconfirmed.includes(name));
  });

  test.each(['skipped', 'planned'] as const)(
    'is a failure where the log says that the push was %s',
    (unpushed) => {
      const log = { ...logs.nothing, outcome: 'succeeded', exitCode: 0, unpushed } as const;
      const ended = { pod: pods['exit 0, digest'], watchError: undefined, log };
      expect(settle(ended, { destinations, isContextSealed: true })).toMatchObject({
        outcome: 'failed',
        digest: undefined,
        images: [],
        failure: { code: 'push-skipped', isRetryable: false },
      });
      expect(settle(ended, { destinations: [], isContextSealed: true })).toMatchObject({
        outcome: 'succeeded',
        digest,
        images: [],
      });
      const unseen = { pod: undefined, watchError, log };
      expect(settle(unseen, { destinations, isContextSealed: true }).failure?.code).toBe('cluster-denied');
    },
  );

  test('names no image whose immutable tag the registry kept', () => {
    const log = { ...logs['all pushes'], images: images.slice(0, 1), keptTags: images.slice(1) };
    const verdict = settle(
      { pod: pods['exit 0, digest'], watchError: undefined, log },
      { destinations, isContextSealed: true },
    );
    expect(verdict).toMatchObject({ outcome: 'succeeded', images: images.slice(0, 1) });
    expect(verdict.notices).toMatchObject([{ code: 'push-tag-kept' }]);
  });

  test('a build that pushes nothing has no push to prove it', () => {
    expect(judge('lost with its node', 'all pushes', []).failure?.code).toBe('node-lost');
    expect(judge('exit 0, no digest', 'nothing', [])).toMatchObject({ outcome: 'succeeded', notices: [] });
    expect(judge('out of sight', 'all pushes', []).outcome).toBe('succeeded');
  });
});
