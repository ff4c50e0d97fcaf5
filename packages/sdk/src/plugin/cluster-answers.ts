import type {
  BuildDetails,
  ClusterPod,
  Finding,
  FoundBuild,
  FoundRemnants,
  LogLine,
  Manifest,
  Problem,
} from '@kanikit/spec';
import {
  anyText,
  anything,
  choice,
  chosen,
  flag,
  list,
  maybe,
  method,
  type Schema,
  such,
  text,
} from '@kanikit/spec/schema';
import { bytes, having, items, memberOf } from './having.ts';

const time = such<unknown>(Number.isFinite, 'a number');
const pod = having<ClusterPod>('a pod', {
  namespace: text,
  name: text,
  observations: items,
  log: items,
  sendStdin: method(),
  provide: method(),
  remove: method(),
  keep: maybe(method()),
  leave: maybe(method()),
});

const ended = having<{ readonly cause: unknown; readonly exitCode: unknown }>('an observation', {
  cause: choice(
    'completed',
    'cancelled',
    'oom-killed',
    'evicted',
    'deadline-exceeded',
    'node-lost',
    'deleted',
    'preempted',
    'never-started',
  ),
  exitCode: maybe(time),
});
const seen = having<{ readonly type: unknown }>('an observation', {
  type: choice('pending', 'held', 'scheduled', 'pulling', 'running', 'notice', 'ended'),
});
const worded = having<{ readonly reason: unknown; readonly message: unknown }>('an observation', {
  reason: text,
  message: anyText,
});

/** What a cluster may answer, as far as it is used without a look. */
export const clusterAnswers: Readonly<
  Record<
    | 'flag'
    | 'manifests'
    | 'problems'
    | 'findings'
    | 'pod'
    | 'observation'
    | 'logLine'
    | 'builds'
    | 'details'
    | 'remnants',
    Schema<unknown>
  >
> = {
  flag,
  manifests: list(having<Manifest>('an object of the cluster', { apiVersion: text, kind: text })),
  problems: list(having<Problem>('a problem', { code: text, message: text, hint: maybe(anyText) })),
  findings: list(
    having<Finding>('a finding', {
      check: text,
      status: choice('ok', 'warning', 'problem', 'unknown'),
      title: anyText,
      message: anyText,
    }),
  ),
  pod,
  observation: chosen<unknown>((value) => {
    const type = memberOf(value, 'type');
    if (type === 'ended') return ended;
    return type === 'pending' || type === 'notice' ? worded : seen;
  }),
  logLine: having<LogLine>('a line of the log', { bytes, timeMs: time }),
  builds: having<{ readonly builds: unknown; readonly problems: unknown }>('builds', {
    builds: list(
      having<FoundBuild>('a build', {
        runId: text,
        buildId: text,
        namespace: text,
        pod: text,
        args: list(anyText),
        secrets: list(anyText),
        createdAt: time,
        ownership: choice('alive', 'detached', 'abandoned', 'unknown'),
        phase: having<FoundBuild['phase']>('a phase', {
          state: choice('pending', 'running', 'stopping', 'ended'),
        }),
      }),
    ),
  }),
  details: having<BuildDetails>('details of a build', { conditions: list(anything), events: list(anything) }),
  remnants: having<FoundRemnants>('what is left', {
    remnants: list(
      having<{ readonly kind: unknown; readonly namespace: unknown; readonly name: unknown }>('a remnant', {
        kind: choice('pod', 'job', 'secret', 'lease'),
        namespace: text,
        name: text,
      }),
    ),
    neededRuns: list(text),
    problems: list(anything),
  }),
};
