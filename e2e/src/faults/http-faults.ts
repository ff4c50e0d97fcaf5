import type { Fault } from '../parts/fault.ts';
import type { SeenRequest } from '../parts/relay-request.ts';

/** A moment in the life of a build, by the request that is made then. */
export interface Phase {
  readonly name: string;
  readonly fits: (request: SeenRequest) => boolean;
  /** True for answers that go on and on, which can be cut in the middle. */
  readonly isStream?: boolean;
  /** True for what only a pod that is launched ahead of its context goes through. */
  readonly isLate?: boolean;
}

const podsPath = /\/pods(?:\?|$)/;
const onePod = /\/pods\/[^/?]+(?:\?|$)/;

export const phases: readonly Phase[] = [
  { name: 'creating the pod', fits: ({ method, path }) => method === 'POST' && podsPath.test(path) },
  {
    name: 'creating the secret',
    fits: ({ method, path }) => method === 'POST' && /\/secrets(?:\?|$)/.test(path),
  },
  {
    name: 'watching',
    fits: ({ method, path }) => method === 'GET' && podsPath.test(path) && path.includes('watch=true'),
    isStream: true,
  },
  { name: 'reading the log', fits: ({ path }) => path.includes('/log?'), isStream: true },
  { name: 'deleting the pod', fits: ({ method, path }) => method === 'DELETE' && onePod.test(path) },
  {
    name: 'giving late values',
    fits: ({ method, path }) => method === 'PATCH' && path.includes('/secrets/'),
    isLate: true,
  },
  {
    name: 'waking the pod',
    fits: ({ method, path }) => method === 'PATCH' && onePod.test(path),
    isLate: true,
  },
  {
    name: 'deleting the secret',
    fits: ({ method, path }) => method === 'DELETE' && path.includes('/secrets/'),
  },
];

/** What goes wrong. `times` says how often in a row. */
export interface HttpFault {
  readonly name: string;
  readonly fault: Fault;
  readonly times: number;
  /** Phases in which servers do that. @default all */
  readonly isPossible?: (phase: Phase) => boolean;
}

const headers = { 'content-type': 'application/json' };

function refusal(status: number, reason: string, more: Readonly<Record<string, string>> = {}): Fault {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: status,
    reason,
    message: `a test: ${reason}`,
  };
  return { kind: 'answer', status, headers: { ...headers, ...more }, body: JSON.stringify(body) };
}

export const httpFaults: readonly HttpFault[] = [
  { name: 'connections are reset', fault: { kind: 'drop' }, times: 2 },
  { name: 'the answer is lost', fault: { kind: 'lose-answer' }, times: 1 },
  { name: 'answers come late', fault: { kind: 'delay', ms: 1_500 }, times: 1 },
  { name: '429 with Retry-After', fault: refusal(429, 'TooManyRequests', { 'retry-after': '1' }), times: 2 },
  { name: '500', fault: refusal(500, 'InternalError'), times: 2 },
  {
    name: '503 from a load balancer',
    fault: { kind: 'answer', status: 503, body: '<html>no upstream</html>' },
    times: 2,
  },
  {
    name: '410 Gone',
    fault: refusal(410, 'Expired'),
    times: 2,
    isPossible: ({ name }) => name === 'watching',
  },
  {
    name: 'the answer is cut before its first byte',
    fault: { kind: 'cut', of: 'response', afterBytes: 0 },
    times: 2,
  },
  {
    name: 'the answer is cut in its middle',
    fault: { kind: 'cut', of: 'response', afterBytes: 777 },
    times: 3,
  },
  {
    name: 'the answer stalls for ever',
    fault: { kind: 'stall', of: 'response', afterBytes: 500 },
    times: 1,
    isPossible: ({ isStream }) => isStream === true,
  },
];
