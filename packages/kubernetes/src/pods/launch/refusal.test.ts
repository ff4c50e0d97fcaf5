import { expect, test } from 'vitest';
import { statusError } from '../../api/client/api-error.ts';
import { refusalError } from './refusal.ts';

const what = 'Creating pod ns/p';
const forbidden = 'pods "p" is forbidden: ';

/** What Kubernetes 1.28 to 1.34, OpenShift 4, Gatekeeper 3 and Kyverno 1 answer. */
const rows: readonly {
  readonly title: string;
  readonly status: number;
  readonly says: string;
  readonly code: string;
  readonly means?: string;
  readonly hint: RegExp;
  readonly retryable?: boolean;
}[] = [
  {
    title: 'a quota that is used up',
    status: 403,
    says: `${forbidden}exceeded quota: builds, requested: limits.memory=2Gi,pods=1, used: limits.memory=7Gi,pods=2, limited: limits.memory=8Gi,pods=2`,
    code: 'quota-exceeded',
    means:
      'the quota builds of the namespace is used up: limits.memory 7Gi of 8Gi used, 2Gi more is asked for; pods 2 of 2 used, 1 more is asked for',
    hint: /Wait for other pods/,
    retryable: true,
  },
  {
    title: 'a quota that wants amounts',
    status: 403,
    says: `${forbidden}failed quota: builds: must specify limits.memory for: kaniko; requests.cpu for: kaniko`,
    code: 'amounts-missing',
    means:
      'the quota builds of the namespace demands amounts that the pod does not name: limits.memory, requests.cpu',
    hint: /`pod\.limits\.memory`/,
  },
  {
    title: 'a LimitRange',
    status: 403,
    says: `${forbidden}maximum memory usage per Container is 1Gi, but limit is 4Gi`,
    code: 'amounts-refused',
    means:
      'the namespace allows at most 1Gi memory for a container (LimitRange), and the pod has a limit of 4Gi',
    hint: /`pod\.limits\.memory`/,
  },
  {
    title: 'a LimitRange, several bounds',
    status: 403,
    says: `${forbidden}[minimum cpu usage per Container is 100m, but request is 50m, maximum memory usage per Container is 1Gi.  No limit is specified]`,
    code: 'amounts-refused',
    means:
      'the namespace allows no less than 100m cpu for a container (LimitRange), and the pod has a request of 50m',
    hint: /`pod\.limits\.cpu`/,
  },
  {
    title: 'Pod Security, restricted',
    status: 403,
    says: `${forbidden}violates PodSecurity "restricted:latest": unrestricted capabilities (container "kaniko" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "kaniko" must set securityContext.runAsNonRoot=true), runAsUser=0 (container "kaniko" must not set runAsUser=0), seccompProfile (pod or container "kaniko" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`,
    code: 'pod-security-refused',
    means:
      'the namespace allows only "restricted" pods (Pod Security): no capabilities (the executor changes owners of files), no pods that may run as root, no root, no pods without a seccomp profile',
    hint: /enforce=baseline/,
  },
  {
    title: 'Pod Security, baseline',
    status: 403,
    says: `${forbidden}violates PodSecurity "baseline:v1.30": hostPath volumes (volume "cache"), privileged (container "kaniko" must not set securityContext.privileged=true)`,
    code: 'pod-security-refused',
    means:
      'the namespace allows only "baseline" pods (Pod Security): no folders of the host, no privileged containers',
    hint: /leave out of the pod template/,
  },
  {
    title: 'OpenShift',
    status: 403,
    says: `${forbidden}unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .containers[0].runAsUser: Invalid value: 0: must be in the ranges: [1000680000, 1000689999]]`,
    code: 'pod-security-refused',
    means: 'no security context constraint of OpenShift allows the pod',
    hint: /anyuid/,
  },
  {
    title: 'Gatekeeper',
    status: 403,
    says: 'admission webhook "validation.gatekeeper.sh" denied the request: [must-have-team] you must provide labels: {"team"}',
    code: 'policy-refused',
    means: 'a policy of the cluster (Gatekeeper) refuses the pod: must-have-team',
    hint: /labels/,
  },
  {
    title: 'Kyverno',
    status: 400,
    says: 'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod/ns/p was blocked due to the following policies \n\nrequire-team:\n  check-team: \'validation error: label team is required. rule check-team failed at path /metadata/labels/team/\'\n',
    code: 'policy-refused',
    means: 'a policy of the cluster (Kyverno) refuses the pod: require-team',
    hint: /clusterpolicy/,
  },
  {
    title: 'a policy of Kubernetes itself',
    status: 422,
    says: `${forbidden}ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: failed expression: object.spec.x`,
    code: 'policy-refused',
    means: 'the policy no-root of the cluster refuses the pod',
    hint: /validatingadmissionpolicy no-root/,
  },
  {
    title: 'a webhook',
    status: 403,
    says: 'admission webhook "pods.example.com" denied the request: images must come from our registry',
    code: 'policy-refused',
    means: 'a policy of the cluster (pods.example.com) refuses the pod',
    hint: /owner/,
  },
  {
    title: 'a webhook that is broken',
    status: 500,
    says: 'Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: Post "https://hook.policy.svc:443/pods?timeout=10s": context deadline exceeded',
    code: 'policy-unavailable',
    means: 'a policy of the cluster (pods.example.com) has to be asked about every pod, and does not answer',
    hint: /owner/,
    retryable: true,
  },
  {
    title: 'a namespace on its way out',
    status: 403,
    says: `${forbidden}unable to create new content in namespace ns because it is being terminated`,
    code: 'namespace-terminating',
    means: 'the namespace is being deleted',
    hint: /another one/,
  },
  {
    title: 'no service account',
    status: 403,
    says: `${forbidden}error looking up service account ns/ci: serviceaccount "ci" not found`,
    code: 'service-account-missing',
    hint: /kubectl create serviceaccount ci/,
  },
  {
    title: 'no priority class',
    status: 403,
    says: `${forbidden}no PriorityClass with name builds was found`,
    code: 'priority-class-missing',
    hint: /priorityclasses/,
  },
  {
    title: 'no runtime class',
    status: 403,
    says: `${forbidden}pod rejected: RuntimeClass "kata" not found`,
    code: 'runtime-class-missing',
    hint: /runtimeclasses/,
  },
  {
    title: 'an invalid pod',
    status: 422,
    says: 'Pod "p" is invalid: [spec.containers[0].image: Required value, spec.tolerations[0].effect: Unsupported value: "No"]',
    code: 'pod-invalid',
    hint: /names the fields/,
  },
  {
    title: 'no namespace',
    status: 404,
    says: 'namespaces "ns" not found',
    code: 'namespace-missing',
    hint: /`cluster\.namespace`/,
  },
  {
    title: 'other words',
    status: 403,
    says: `${forbidden}because`,
    code: 'pod-refused',
    hint: /words are above/,
  },
  {
    title: 'a right that is missing',
    status: 403,
    says: 'pods is forbidden: User "system:serviceaccount:ns:ci" cannot create resource "pods" in API group "" in the namespace "ns"',
    code: 'cluster-denied',
    hint: /\{apiGroups: \[""\], resources: \["pods"\], verbs: \["create"\]\}.*`minimalRole\(\{ namespace: 'ns' \}\)`/,
  },
  {
    title: 'a server in trouble',
    status: 503,
    says: 'etcd is away',
    code: 'cluster-request-failed',
    hint: /^$/,
    retryable: true,
  },
];

test.each(rows)('$title', ({ status, says, code, means, hint, retryable = false }) => {
  const answer = statusError(what, 'https://server', {
    code: status,
    reason: undefined,
    message: says,
    retryAfterMs: undefined,
  });
  const error = refusalError(answer, what);
  expect(error).toMatchObject({ code, retryable });
  expect(error.message).toContain(says.trim().replace(/\.$/, ''));
  expect(error.message.startsWith(`${what} on https://server: ${means ?? ''}`)).toBe(true);
  expect(error.hint ?? '').toMatch(hint);
});
