import { expect, test } from 'vitest';
import { parseStatus, statusError } from '../api/client/api-error.ts';
import { refusalError } from '../pods/launch/refusal.ts';
import { explainEnd } from './explain-end.ts';
import { explainWaiting } from './explain-waiting.ts';
import { normalWords } from './normal-words.ts';

const sizeBytes = 1_000_000;
const pieces = [
  'a.',
  '   ',
  '1h',
  '12345678-1234-',
  'node ',
  'a:\n',
  '[a',
  ', used: ',
  'exceeded quota: a, requested: b, used: ',
  'admission webhook "x',
  'admission webhook "gatekeeper" denied the request: [',
  'admission webhook "kyverno" denied the request: a-',
  'violates PodSecurity "a:b": (',
  '0/3 nodes are available: 1 x, ',
  'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling, ',
  'init container a: ',
  'Multi-Attach error for volume "a"',
  ' cannot get resource "pods',
];

/** Registries and admission webhooks have words without an end, which are read while the build waits. */
test.each(pieces)('a megabyte of %j is read at once, and told in short', (piece) => {
  const message = piece.repeat(sizeBytes / piece.length);
  const startedAt = performance.now();
  normalWords(message);
  const status = statusError('Creating pod', 'https://server', parseStatus(403, body(message), undefined));
  const told = [
    refusalError(status, 'Creating pod').message,
    ...['ErrImagePull', 'FailedScheduling', 'FailedMount', 'Other'].map(
      (reason) => explainWaiting({ reason, message }, undefined).message,
    ),
    ...(['evicted', 'never-started', 'preempted'] as const).map(
      (cause) => explainEnd({ ...ended, cause, reason: 'ErrImagePull', message }, undefined).message,
    ),
  ];
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  for (const text of told) expect(text?.length).toBeLessThan(100_000);
});

const body = (message: string): string => JSON.stringify({ kind: 'Status', reason: 'Forbidden', message });
const ended = {
  exitCode: undefined,
  terminationMessage: undefined,
  startedAt: undefined,
  finishedAt: undefined,
};
