import type { Fault } from '../parts/fault.ts';
import type { SeenRequest } from '../parts/relay-request.ts';
import { type HttpFault, httpFaults, type Phase, phases } from './http-faults.ts';

/** A moment of a whole build, by the request that is made then. */
export interface BuildPhase extends Phase {
  /** Who is asked. */
  readonly of: 'api' | 'bucket';
  /** True where the build must live for some signs of life. */
  readonly isLong?: boolean;
  /** True where the context must be so large that it is sent in parts. */
  readonly isLarge?: boolean;
  /** True where what can't be deleted goes with its owner, a little later. */
  readonly isCollected?: boolean;
}

const is =
  (method: string, path: RegExp) =>
  (request: SeenRequest): boolean =>
    request.method === method && path.test(request.path);

const leases: readonly BuildPhase[] = [
  { name: 'creating the lease', of: 'api', fits: is('POST', /\/leases(?:\?|$)/), isLong: true },
  { name: 'renewing the lease', of: 'api', fits: is('PATCH', /\/leases\//), isLong: true },
  {
    name: 'deleting the lease',
    of: 'api',
    fits: is('DELETE', /\/leases\//),
    isLong: true,
    isCollected: true,
  },
];

/** Every request that a whole build makes of the API server. */
const apiPhases: readonly BuildPhase[] = [
  { name: 'reviewing rights', of: 'api', fits: is('POST', /\/selfsubject\w+reviews(?:\?|$)/) },
  ...phases.map((phase): BuildPhase => ({ ...phase, of: 'api' })),
  ...leases,
];

/** Every request that a client makes of an S3 bucket, for a small context and for a large one. */
const bucketPhases: readonly BuildPhase[] = [
  { name: 'asking whether the bucket may be written', of: 'bucket', fits: is('POST', /\.kanikit-check/) },
  { name: 'ending that question', of: 'bucket', fits: is('DELETE', /\.kanikit-check/) },
  { name: 'sending the context', of: 'bucket', fits: is('PUT', /\/runs\/(?!parts\/)[^?]*\?x-id=PutObject/) },
  {
    name: 'removing the context',
    of: 'bucket',
    fits: is('DELETE', /\/runs\/(?!parts\/)[^?]*\?x-id=DeleteObject/),
  },
  { name: 'sending a part', of: 'bucket', fits: is('PUT', /\/runs\/parts\//), isLarge: true },
  { name: 'listing', of: 'bucket', fits: is('GET', /list-type/), isLarge: true },
  {
    name: 'beginning to put parts together',
    of: 'bucket',
    fits: is('POST', /\/runs\/.*uploads/),
    isLarge: true,
  },
  { name: 'copying a part', of: 'bucket', fits: is('PUT', /partNumber=/), isLarge: true },
  { name: 'ending to put parts together', of: 'bucket', fits: is('POST', /uploadId=/), isLarge: true },
  { name: 'removing a part', of: 'bucket', fits: is('DELETE', /\/runs\/parts\//), isLarge: true },
];

/** What goes wrong at a bucket. */
const bucketFaults: readonly HttpFault[] = [
  ...httpFaults.filter(({ fault }) => fault.kind !== 'answer' && fault.kind !== 'stall'),
  {
    name: 'the request is cut in its middle',
    fault: { kind: 'cut', of: 'request', afterBytes: 99 },
    times: 2,
    isPossible: ({ name }) => /sending/.test(name),
  },
  { name: '500', fault: s3Error(500, 'InternalError'), times: 2 },
  { name: '503 SlowDown', fault: s3Error(503, 'SlowDown'), times: 2 },
  { name: '503 from a load balancer', fault: { kind: 'answer', status: 503, body: '<html>' }, times: 2 },
];

function s3Error(status: number, code: string): Fault {
  return { kind: 'answer', status, body: `<Error><Code>${code}</Code><Message>a test</Message></Error>` };
}

/** A fault, and the phases of one build that it happens in. */
export interface BuildCase {
  readonly title: string;
  readonly phases: readonly BuildPhase[];
  readonly fault: HttpFault;
}

/** Every fault in every phase where servers do that. */
export const buildCases: readonly BuildCase[] = [...apiPhases, ...bucketPhases].flatMap((phase) =>
  (phase.of === 'api' ? httpFaults : bucketFaults)
    .filter(({ isPossible }) => isPossible?.(phase) ?? true)
    .map((fault) => ({ title: `${phase.name}: ${fault.name}`, phases: [phase], fault })),
);

/** Phases of builds that fail all the same: where an attempt too many would run the `RUN` again. */
const failingPhases = [
  'creating the pod',
  'creating the secret',
  'watching',
  'reading the log',
  'deleting the pod',
];

export const failingCases: readonly BuildCase[] = buildCases.filter(
  ({ phases: [phase], fault: { fault } }) =>
    failingPhases.includes(phase?.name ?? '') && fault.kind !== 'delay' && fault.kind !== 'stall',
);

/** The same in fewer builds: each fault happens in all phases that a build of one kind goes through. */
export function inOneBuild(cases: readonly BuildCase[]): readonly BuildCase[] {
  const builds = Map.groupBy(cases, ({ phases: [phase], fault }) =>
    [fault.name, phase?.of, phase?.isLate, phase?.isLong, phase?.isLarge].join(),
  );
  return [...builds.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const phases = alike.flatMap((one) => one.phases);
    return [
      {
        title: `${first.fault.name}, ${phases.map(({ name }) => name).join(', ')}`,
        phases,
        fault: first.fault,
      },
    ];
  });
}
