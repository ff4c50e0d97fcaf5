import { expect, test } from 'vitest';
import { describeEnd } from '../pods/observe/describe-end.ts';
import type { PodObject, PodStatus, TerminatedState } from '../api/watch/pod-object.ts';
import { explainEnd } from './explain-end.ts';

const limits = { memory: '1Gi', 'ephemeral-storage': '2Gi' };

function explained(status: PodStatus): ReturnType<typeof explainEnd> {
  const pod: PodObject = {
    metadata: { name: 'a' },
    spec: {
      nodeName: 'n1',
      activeDeadlineSeconds: 600,
      containers: [
        { name: 'kaniko', image: 'r/kaniko:1', resources: { limits, requests: { memory: '512Mi' } } },
      ],
    },
    status,
  };
  const result = describeEnd(pod, false);
  if (result === undefined) throw new Error('it has not ended');
  return explainEnd(result, pod);
}

const killed = (state: Partial<TerminatedState> = {}): Pick<PodStatus, 'containerStatuses'> => ({
  containerStatuses: [{ name: 'kaniko', state: { terminated: { exitCode: 137, ...state } } }],
});
const evicted = (message: string): PodStatus => ({
  phase: 'Failed',
  reason: 'Evicted',
  message,
  ...killed(),
});
const disrupted = (reason: string, message: string): PodStatus => ({
  conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message }],
  ...killed({ exitCode: 2 }),
});
const refused = (reason: string, message: string): PodStatus => ({ phase: 'Failed', reason, message });

test.each<[string, PodStatus, string, RegExp, RegExp]>([
  [
    'wrote more than it may',
    evicted('Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. '),
    'evicted',
    /^the build wrote more to disk than its limit of 2Gi \(Pod ephemeral/,
    /`pod\.limits\.ephemeralStorage`, e\.g\. to 4Gi/,
  ],
  [
    'wrote more than its container may',
    evicted('Container kaniko exceeded its local ephemeral storage limit "2Gi". '),
    'evicted',
    /its limit of 2Gi/,
    /e\.g\. to 4Gi/,
  ],
  [
    'filled a volume',
    evicted('Usage of EmptyDir volume "scratch" exceeds the limit "1Gi". '),
    'evicted',
    /into the volume scratch than its limit of 1Gi/,
    /sizeLimit of the volume scratch/,
  ],
  [
    'was on a node without memory',
    evicted(
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 88Mi. Container kaniko was using 900Mi, request is 512Mi, has larger consumption of memory. ',
    ),
    'evicted',
    /^the node ran out of memory/,
    /`pod\.limits\.memory`; it asked for 512Mi/,
  ],
  [
    'was on a node with a full disk',
    evicted('The node was low on resource: ephemeral-storage. Threshold quantity: 5Gi, available: 4Gi. '),
    'evicted',
    /^the disk of the node was full/,
    /`pod\.limits\.ephemeralStorage`; it asked for none/,
  ],
  [
    'was on a node under pressure',
    evicted('The node had condition: [DiskPressure]. '),
    'evicted',
    /disk of the node/,
    /lands on a node/,
  ],
  [
    'was on a node without process ids',
    evicted('The node was low on resource: pids. Threshold quantity: 100, available: 9. '),
    'evicted',
    /process ids/,
    /Build again/,
  ],
  [
    'was drained',
    disrupted('EvictionByEvictionAPI', 'Eviction API: evicting'),
    'evicted',
    /empties the node.*\(Eviction API: evicting\)/,
    /safe-to-evict/,
  ],
  [
    'was preempted',
    disrupted('PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod'),
    'preempted',
    /higher priority took its place/,
    /priority class\.$/,
  ],
  [
    'made room for the system',
    {
      ...disrupted('TerminationByKubelet', 'Pod was preempted by Kubelet to accommodate a critical pod.'),
      phase: 'Failed',
      reason: 'Preempting',
      message: 'Preempted in order to admit critical pod',
    },
    'preempted',
    /for a pod of the system/,
    /Build again/,
  ],
  [
    'was on a node that went away',
    disrupted('DeletionByPodGC', 'PodGC: node no longer exists'),
    'node-lost',
    /no longer part of the cluster/,
    /spot/,
  ],
  [
    'was on a node that does not answer',
    disrupted('DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint'),
    'node-lost',
    /stopped answering/,
    /another node/,
  ],
  [
    'was on a node that shut down',
    refused('Terminated', 'Pod was terminated in response to imminent node shutdown.'),
    'node-lost',
    /^the node is shut down/,
    /Build again/,
  ],
  [
    'took too long',
    {
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
      ...killed({ exitCode: 2 }),
    },
    'deadline-exceeded',
    /longer than 10 min/,
    /`timeoutMs` \(it was 10 min\)/,
  ],
  [
    'is for another architecture',
    killed({ exitCode: 255, reason: 'Error', message: 'exec /kaniko/executor: exec format error\n' }),
    'never-started',
    /another architecture than its node/,
    /`pod\.nodeSelector: kubernetes\.io\/arch/,
  ],
  [
    'has no program',
    killed({
      exitCode: 128,
      reason: 'StartError',
      message:
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/kaniko/executor": stat /kaniko/executor: no such file or directory: unknown',
    }),
    'never-started',
    /does not have the program/,
    /executor of Kaniko/,
  ],
  [
    'lost its sandbox before it could start',
    killed({
      exitCode: 128,
      reason: 'StartError',
      message:
        'sandbox container "a7960bd051cd" is not running: Error on reading termination message from logs: failed to try resolving symlinks in path "/var/log/pods/default_app/kaniko/0.log": lstat /var/log/pods/default_app/kaniko/0.log: no such file or directory',
    }),
    'never-started',
    /had ended before the executor could start \(sandbox container "a7960bd051cd" is not running\)$/,
    /Build again/,
  ],
  [
    'came to a full node',
    refused(
      'OutOfcpu',
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 4000, used: 2000, capacity: 4000",
    ),
    'never-started',
    /had no cpu left/,
    /Build again/,
  ],
  [
    'came to a node with another label',
    refused(
      'NodeAffinity',
      "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ),
    'never-started',
    /refused it/,
    /other nodes/,
  ],
  [
    'was lost',
    {
      ...killed({
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
      }),
    },
    'node-lost',
    /does not know what became of it/,
    /Build again/,
  ],
  [
    'has an init container that failed',
    {
      phase: 'Failed',
      containerStatuses: [{ name: 'kaniko', state: { waiting: { reason: 'PodInitializing' } } }],
      initContainerStatuses: [
        { name: 'mesh', state: { terminated: { exitCode: 3, reason: 'Error', message: 'no iptables\n' } } },
      ],
    },
    'never-started',
    /init container mesh ended with exit code 3: no iptables/,
    /kubectl logs POD -c mesh/,
  ],
])('a pod that %s', (_title, status, cause, message, hint) => {
  const told = explained(status);
  expect(told.cause).toBe(cause);
  expect(told.message).toMatch(message);
  expect(told.hint).toMatch(hint);
});

test('whether another try may help is told by what happened', () => {
  expect(explained(refused('OutOfmemory', "Node didn't have enough resource: memory")).isRetryable).toBe(
    true,
  );
  expect(explained(evicted('The node was low on resource: memory. ')).isRetryable).toBe(true);
  expect(explained(evicted('Usage of EmptyDir volume "a" exceeds the limit "1Gi". ')).isRetryable).toBe(
    false,
  );
  expect(explained(refused('Odd', 'words')).isRetryable).toBeUndefined();
});

test('the limits are those of the pod in the cluster', () => {
  expect(explained(killed({ reason: 'OOMKilled' })).limits).toEqual({
    memory: '1Gi',
    ephemeralStorage: '2Gi',
  });
});

test('a build whose output ends like a broken executor did run', () => {
  const message = 'step 3\nexec /app/run: exec format error\n';
  expect(explained(killed({ exitCode: 1, reason: 'Error', message })).cause).toBe('completed');
});
