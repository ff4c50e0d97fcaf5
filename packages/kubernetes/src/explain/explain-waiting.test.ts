import { describe, expect, test } from 'vitest';
import type { PodObject, PodSpec } from '../api/watch/pod-object.ts';
import { explainWaiting } from './explain-waiting.ts';

const image = 'registry.example.com/kaniko:1';

function pod(spec: Partial<PodSpec> = {}): PodObject {
  const requests = { cpu: '4', memory: '8Gi' };
  return {
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'kaniko', image, resources: { requests } }], ...spec },
  };
}

interface Row {
  readonly title: string;
  readonly reason: string;
  /** The words of Kubernetes 1.28 to 1.34. */
  readonly says: string;
  readonly means: string | RegExp;
  readonly hint: string | RegExp;
  readonly pod?: PodObject;
}

const preemption = ' preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

const scheduling: readonly Row[] = [
  {
    title: 'cpu and a taint',
    reason: 'Unschedulable',
    says: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {gpu: yes}.${preemption}`,
    means: /^no node fits: 2 of 3: taint gpu=yes; 1 of 3: too little cpu free, 4 is asked for \(0\/3 nodes/,
    hint: /`pod\.tolerations: gpu=yes` .*`pod\.limits\.cpu`/,
  },
  {
    title: 'a taint without a value, in the words before 1.24 and after',
    reason: 'Unschedulable',
    says: '0/1 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    means: /^no node fits: taint node-role\.kubernetes\.io\/control-plane \(/,
    hint: /`pod\.tolerations: node-role\.kubernetes\.io\/control-plane` lets/,
  },
  {
    title: 'nodes that are not ready',
    reason: 'Unschedulable',
    says: `0/3 nodes are available: 3 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.${preemption}`,
    means: /^no node fits: all 3 of them: not ready/,
    hint: /kubectl get nodes/,
  },
  {
    title: 'memory, disk and a device',
    reason: 'Unschedulable',
    says: '0/2 nodes are available: 1 Insufficient ephemeral-storage, 1 Insufficient nvidia.com/gpu, 2 Insufficient memory. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    means:
      /2 of them: too little memory free, 8Gi is asked for; 1 of 2: too little ephemeral-storage free; 1 of 2: too little nvidia\.com\/gpu free/,
    hint: /^Wait for other pods to end, or ask for less memory \(`pod\.limits\.memory`\), ephemeral-storage \(`pod\.limits\.ephemeralStorage`\), nvidia\.com\/gpu\.$/,
  },
  {
    title: 'an architecture that no node has',
    reason: 'Unschedulable',
    says: `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.${preemption}`,
    means: /^no node fits: all 3 of them: not kubernetes\.io\/os=linux, kubernetes\.io\/arch=arm64 \(/,
    hint: /Kaniko does not emulate: an image for arm64 needs a node/,
    pod: pod({ nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64' } }),
  },
  {
    title: 'a label that no node has',
    reason: 'Unschedulable',
    says: `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.${preemption}`,
    means: /not disk=fast \(/,
    hint: /--show-labels/,
    pod: pod({ nodeSelector: { disk: 'fast' } }),
  },
  {
    title: 'an affinity',
    reason: 'Unschedulable',
    says: `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.${preemption}`,
    means: /not what the affinity asks for/,
    hint: /--show-labels/,
    pod: pod({ affinity: {} }),
  },
  {
    title: 'a cordoned node and one full of pods',
    reason: 'Unschedulable',
    says: '0/2 nodes are available: 1 Too many pods, 1 node(s) were unschedulable. preemption: none',
    means: /1 of 2: as many pods as may run there; 1 of 2: closed for new pods \(cordoned\)/,
    hint: /uncordon/,
  },
  {
    title: 'ports, spread and pods that keep it away',
    reason: 'Unschedulable',
    says: "0/3 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 1 node(s) didn't match pod anti-affinity rules, 1 node(s) didn't match pod topology spread constraints.",
    means: /another pod has the port.*other pods there keep it away.*its share of the builds already/,
    hint: /host ports.*affinity.*ScheduleAnyway/,
  },
  {
    title: 'a claim that does not exist',
    reason: 'Unschedulable',
    says: `0/3 nodes are available: persistentvolumeclaim "cache" not found.${preemption}`,
    means: /^the volume claim cache does not exist \(/,
    hint: /Create the volume claim cache/,
  },
  {
    title: 'a claim without a volume',
    reason: 'Unschedulable',
    says: `0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.${preemption}`,
    means: /^a volume claim of the pod has no volume yet/,
    hint: /storage class/,
  },
  {
    title: 'a volume in another zone',
    reason: 'Unschedulable',
    says: '0/2 nodes are available: 2 node(s) had volume node affinity conflict.',
    means: /in another zone than a volume/,
    hint: /topology\.kubernetes\.io\/zone/,
  },
  {
    title: 'no nodes at all',
    reason: 'Unschedulable',
    says: 'no nodes available to schedule pods',
    means: /^the cluster has no nodes/,
    hint: /Add a node/,
  },
  {
    title: 'a reason that is not known',
    reason: 'Unschedulable',
    says: '0/2 nodes are available: 2 node(s) were on the moon.',
    means: /all 2 of them: were on the moon/,
    hint: /^$/,
  },
  {
    title: 'a gate',
    reason: 'SchedulingGated',
    says: 'Scheduling is blocked due to non-empty scheduling gates',
    means: /held back by a scheduling gate: kueue\.x-k8s\.io\/admission/,
    hint: /queue of Kueue/,
    pod: pod({ schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] }),
  },
];

const resolve = `failed to pull and unpack image "${image}": failed to resolve reference "${image}"`;

const pulling: readonly Row[] = [
  {
    title: 'an image that is not there',
    reason: 'ErrImagePull',
    says: `rpc error: code = NotFound desc = ${resolve}: ${image}: not found`,
    means: `the registry does not have the image ${image} (${resolve}: ${image}: not found)`,
    hint: /`executor\.image`/,
  },
  {
    title: 'the same while it backs off, since 1.32',
    reason: 'ImagePullBackOff',
    says: `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = ${resolve}: ${image}: not found`,
    means: `the registry does not have the image ${image} (${resolve}: ${image}: not found)`,
    hint: /`executor\.image`/,
  },
  {
    title: 'no access and no pull secret',
    reason: 'ErrImagePull',
    says: `${resolve}: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.example.com/token: 401 Unauthorized`,
    means: /does not let the node pull the image registry/,
    hint: /Name a pull secret/,
  },
  {
    title: "Docker Hub's answer to both",
    reason: 'ErrImagePull',
    says: `${resolve}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    means: /does not let the node pull/,
    hint: /what the pull secret regcred holds/,
    pod: pod({ imagePullSecrets: [{ name: 'regcred' }] }),
  },
  {
    title: 'a certificate',
    reason: 'ErrImagePull',
    says: `${resolve}: failed to do request: Head "https://r/v2/kaniko/manifests/1": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    means: /does not trust the certificate/,
    hint: /hosts\.toml/,
  },
  {
    title: 'no such host',
    reason: 'ErrImagePull',
    says: `${resolve}: failed to do request: Head "https://r/v2/kaniko/manifests/1": dial tcp: lookup r on 10.96.0.10:53: no such host`,
    means: /does not find the registry by its name/,
    hint: /DNS/,
  },
  {
    title: 'a limit',
    reason: 'ErrImagePull',
    says: 'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    means: /limits how often/,
    hint: /mirror/,
  },
  {
    title: 'plain http',
    reason: 'ErrImagePull',
    says: `${resolve}: failed to do request: Head "https://10.0.0.1:5000/v2/k/manifests/1": http: server gave HTTP response to HTTPS client`,
    means: /speaks plain http/,
    hint: /`insecureRegistries` is for the executor only/,
  },
  {
    title: 'another platform',
    reason: 'ErrImagePull',
    says: `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": no match for platform in manifest: not found`,
    means: /does not exist for the architecture of its node/,
    hint: /`pod\.nodeSelector: kubernetes\.io\/arch/,
  },
  {
    title: 'a name that is none',
    reason: 'InvalidImageName',
    says: 'Failed to apply default image tag "A:B:c": couldn\'t parse image name "A:B:c": invalid reference format: repository name (library/A) must be lowercase',
    means: /is malformed/,
    hint: /Correct the name/,
  },
  {
    title: 'a pull that is not allowed',
    reason: 'ErrImageNeverPull',
    says: `Container image "${image}" is not present with pull policy of Never`,
    means: /"Never" forbids to pull it/,
    hint: /Bring the image/,
  },
  {
    title: 'no answer',
    reason: 'ErrImagePull',
    says: `${resolve}: failed to do request: Head "https://r/v2/k/manifests/1": dial tcp 10.0.0.1:443: i/o timeout`,
    means: /does not reach the registry/,
    hint: /firewall/,
  },
  {
    title: 'a pull secret that is not there',
    reason: 'FailedToRetrieveImagePullSecret',
    says: 'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
    means: /a pull secret of the pod is not there/,
    hint: /create secret docker-registry regcred/,
  },
];

const setup: readonly Row[] = [
  {
    title: 'a secret',
    reason: 'CreateContainerConfigError',
    says: 'secret "dockercred" not found',
    means: 'secret "dockercred" not found',
    hint: 'Create the secret dockercred in the namespace, or name another one.',
  },
  {
    title: 'a key',
    reason: 'CreateContainerConfigError',
    says: "couldn't find key token in Secret builds/git",
    means: "couldn't find key token in Secret builds/git",
    hint: /Add the key token to the secret builds\/git/,
  },
  {
    title: 'a config map, mounted',
    reason: 'FailedMount',
    says: 'MountVolume.SetUp failed for volume "ca" : configmap "ca" not found',
    means: /configmap "ca" not found$/,
    hint: /Create the config map ca/,
  },
  {
    title: 'a registry secret of another type',
    reason: 'FailedMount',
    says: 'MountVolume.SetUp failed for volume "registry" : references non-existent secret key: .dockerconfigjson',
    means: /non-existent secret key/,
    hint: /kubernetes\.io\/dockerconfigjson/,
  },
  {
    title: 'a pod that is made to run without root',
    reason: 'CreateContainerConfigError',
    says: 'container has runAsNonRoot and image will run as root (pod: "a_b(9e)", container: kaniko)',
    means: /Kaniko must be root/,
    hint: /runAsNonRoot/,
  },
  {
    title: 'a volume that is elsewhere',
    reason: 'FailedAttachVolume',
    says: 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) build-7',
    means: /on another node still, in use by build-7/,
    hint: /ReadWriteMany/,
  },
  {
    title: 'no address',
    reason: 'FailedCreatePodSandBox',
    says: 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "9c0fe3": plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory',
    means: /gives the pod no address/,
    hint: /network plugin/,
  },
  {
    title: 'a limit that is too low even for a start',
    reason: 'FailedCreatePodSandBox',
    says: 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown',
    means: /^the memory limit is too low even to start/,
    hint: /`pod\.limits\.memory`/,
  },
  {
    title: 'a runtime that is not there',
    reason: 'FailedCreatePodSandBox',
    says: 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "kata" is configured',
    means: /does not have the container runtime kata/,
    hint: /runtime class/,
  },
  {
    title: 'no such program',
    reason: 'CreateContainerError',
    says: 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "--context=x": executable file not found in $PATH',
    means: /does not have the program/,
    hint: /executor of Kaniko/,
  },
  {
    title: 'an init container of a mesh',
    reason: 'InitContainerFailed',
    says: 'init container istio-init ended with exit code 1: iptables: Permission denied',
    means: /^init container istio-init/,
    hint: /kubectl logs POD -c istio-init/,
  },
  {
    title: 'the image of a sidecar',
    reason: 'ImagePullBackOff',
    says: 'init container proxy: Back-off pulling image "mesh/proxy:1": ErrImagePull: not found',
    means: /^init container proxy: the registry does not have the image \(not found\)/,
    hint: /kanikit creates no init containers/,
  },
  {
    title: 'a node that is on its way',
    reason: 'TriggeredScaleUp',
    says: 'pod triggered scale-up: [{builders 1->2 (max: 5)}]',
    means: /^a node is being added for it \(pod triggered/,
    hint: /few minutes/,
  },
];

describe.each([
  ['no node', scheduling],
  ['no image', pulling],
  ['no container', setup],
])('%s', (_what, rows) => {
  test.each(rows)('$title', ({ reason, says, means, hint, pod: asked = pod() }) => {
    const told = explainWaiting({ reason, message: says }, asked);
    expect(told.message).toMatch(means);
    expect(told.hint ?? '').toMatch(hint);
  });
});

test('words that are not known are told as they are', () => {
  const told = explainWaiting({ reason: 'Odd', message: 'rpc error: code = Unknown desc = odd' }, pod());
  expect(told).toEqual({ message: 'odd', hint: undefined, isRetryable: false });
});
