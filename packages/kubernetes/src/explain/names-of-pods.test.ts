import { describe, expect, test } from 'vitest';
import { parseStatus, statusError } from '../api/client/api-error.ts';
import { refusalError } from '../pods/launch/refusal.ts';
import { explainEnd } from './explain-end.ts';
import { explainWaiting } from './explain-waiting.ts';

/** What people call nodes, pods, namespaces, secrets, claims, webhooks and quotas, and what Kubernetes calls failures. */
const names = [
  'kaniko',
  'node',
  'node-token',
  'nodes-gone',
  'outofcpu',
  'resourceclaim',
  'resourceclaims.test',
  'resourcequotas',
  'exceeded-quota',
  'terminated',
  'not-found',
  'kyverno',
  'gatekeeper',
  'preempted',
  'runasnonroot',
  'cni',
  'timeout-expired',
  'limit',
];

const neverStarted = (reason: string, message: string) =>
  explainEnd(
    {
      cause: 'never-started',
      reason,
      message,
      exitCode: undefined,
      terminationMessage: undefined,
      startedAt: undefined,
      finishedAt: undefined,
    },
    undefined,
  );

const refused = (code: number, message: string) => {
  const status = parseStatus(
    code,
    JSON.stringify({ kind: 'Status', reason: 'Forbidden', message }),
    undefined,
  );
  return refusalError(statusError('Creating pod', 'https://server', status), 'Creating pod');
};

describe.each(names)('something called %s', (name) => {
  test.each([
    ['CreateContainerConfigError', `secret "${name}" not found`, /^Create the secret /],
    ['CreateContainerConfigError', `configmap "${name}" not found`, /^Create the config map /],
    ['CreateContainerConfigError', `couldn't find key ${name} in Secret ns/${name}`, /^Add the key /],
    [
      'FailedMount',
      `MountVolume.SetUp failed for volume "${name}" : secret "${name}" not found`,
      /^Create the secret /,
    ],
    ['FailedMount', `persistentvolumeclaim "${name}" not found`, /^Create the volume claim /],
  ])('is missing: %s %s', (reason, message, hint) => {
    expect(neverStarted(reason, message).hint).toMatch(hint);
    expect(explainWaiting({ reason, message }, undefined).hint).toMatch(hint);
  });

  test.each([
    [
      `0/3 nodes are available: 3 node(s) had untolerated taint {${name}: x}.`,
      /^no node fits: all 3 of them: taint /,
    ],
    [`0/3 nodes are available: 3 Insufficient ${name}.`, /^no node fits: all 3 of them: too little /],
    [
      `0/3 nodes are available: persistentvolumeclaim "${name}" not found.`,
      /^the volume claim .* does not exist/,
    ],
  ])('keeps the pod from nodes: %s', (message, meaning) => {
    expect(explainWaiting({ reason: 'FailedScheduling', message }, undefined).message).toMatch(meaning);
  });

  test.each([
    [
      'quota-exceeded',
      `pods "${name}" is forbidden: exceeded quota: ${name}, requested: pods=1, used: pods=2, limited: pods=2`,
    ],
    [
      'amounts-missing',
      `pods "${name}" is forbidden: failed quota: ${name}: must specify limits.cpu for: kaniko`,
    ],
    [
      'policy-refused',
      `admission webhook "${name}" denied the request: exceeded quota: a, being terminated: namespace "${name}" not found`,
    ],
    [
      'policy-refused',
      `pods "${name}" is forbidden: ValidatingAdmissionPolicy '${name}' with binding '${name}' denied request: failed quota`,
    ],
    [
      'policy-unavailable',
      `Internal error occurred: failed calling webhook "${name}": failed to call webhook: Post "https://${name}.test/": service "${name}" not found`,
    ],
    [
      'pod-security-refused',
      `pods "${name}" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "${name}" must set securityContext.runAsNonRoot=true)`,
    ],
    [
      'namespace-terminating',
      `pods "${name}" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
    ],
    [
      'service-account-missing',
      `pods "${name}" is forbidden: error looking up service account ${name}/${name}: serviceaccount "${name}" not found`,
    ],
    ['priority-class-missing', `pods "${name}" is forbidden: no PriorityClass with name ${name} was found`],
  ])('is refused, %s: %s', (code, message) => {
    expect(refused(403, message)).toMatchObject({ code });
  });

  test('names a node that ended the pod', () => {
    const end = neverStarted('NodeAffinity', `Pod was rejected: Predicate NodeAffinity failed: ${name}`);
    expect(end.message).toMatch(/^the node it was given refused it/);
  });
});
