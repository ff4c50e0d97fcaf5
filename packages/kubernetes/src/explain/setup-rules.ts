import type { Rule } from './rule.ts';

const ofConfiguration = ['CreateContainerConfigError', 'FailedMount', 'FailedMapVolume'];
const ofStart = ['CreateContainerError', 'RunContainerError', 'StartError', 'ContainerCannotRun'];

/** Why a node can not set a pod up or start its program, in the words of kubelet, container runtimes and network plugins. */
export const setupRules: readonly Rule[] = [
  {
    reasons: ofConfiguration,
    pattern: /persistentvolumeclaim "([^"]+)" not found/i,
    hint: ([, name]) => `Create the volume claim ${name} in the namespace, or mount another one.`,
  },
  {
    reasons: ofConfiguration,
    pattern: /(secret|configmap) "([^"]+)" not found/i,
    hint: ([, kind = '', name]) =>
      `Create the ${kindWords(kind)} ${name} in the namespace, or name another one.`,
  },
  {
    reasons: ofConfiguration,
    pattern: /couldn't find key (\S+) in (Secret|ConfigMap) (\S+)/i,
    hint: ([, key, kind = '', name]) =>
      `Add the key ${key} to the ${kindWords(kind)} ${name}, or name another key.`,
  },
  {
    reasons: ofConfiguration,
    pattern: /references non-existent (secret|config) key: (\S+)/i,
    hint: ([, , key]) =>
      key === '.dockerconfigjson'
        ? 'The registry secret must be of the type kubernetes.io/dockerconfigjson.'
        : `Add the key ${key} to it, or name another one.`,
  },
  {
    reasons: ofConfiguration,
    isNameless: true,
    pattern: /runAsNonRoot|non-root|nonroot/i,
    means: 'something makes the pod run without root, and Kaniko must be root',
    hint: 'Find who sets runAsNonRoot (a policy that changes pods, a pod template) and leave builds out of it.',
  },
  {
    reasons: [...ofConfiguration, 'FailedAttachVolume'],
    pattern: /Multi-Attach error for volume "([^"]+)"(?:.*Volume is already used by pod\(s\) (.+))?/i,
    means: ([, , pods]) =>
      `the volume is on another node still${pods === undefined ? '' : `, in use by ${pods}`}, and takes one node at a time`,
    hint: 'Wait until that pod has ended, build on its node, or use a volume that many nodes may mount (ReadWriteMany).',
  },
  {
    reasons: ['FailedAttachVolume'],
    pattern: /^/,
    means: 'a volume of the pod can not be attached to its node',
    hint: 'The storage system has the reason; kubectl describe pvc shows more.',
  },
  {
    reasons: ofConfiguration,
    isNameless: true,
    pattern: /timed out waiting|timeout expired/i,
    means: 'a volume of the pod does not become ready on its node',
    hint: 'kubectl describe pod shows which one; claims, secrets and config maps that do not exist end so, too.',
  },
  {
    pattern: /exec format error/i,
    means: 'the executor image is made for another architecture than its node has',
    hint: 'Build on nodes of its architecture, e.g. `pod.nodeSelector: kubernetes.io/arch=amd64`, or name an image made for this one with `executor.image`.',
  },
  {
    reasons: ofStart,
    pattern: /sandbox container "[^"]+" is not running/i,
    means: 'what keeps the pod together on its node had ended before the executor could start',
    hint: 'Build again; if it persists, the container runtime of the node needs a look.',
    isRetryable: true,
  },
  {
    reasons: ofStart,
    pattern: /executable file not found|no such file or directory|not a directory|permission denied/i,
    means: 'the image does not have the program that is to run',
    hint: 'Check that `executor.image` names an executor of Kaniko (its program is /kaniko/executor).',
  },
  {
    reasons: [...ofStart, 'FailedCreatePodSandBox'],
    pattern: /container init was OOM-killed|memory limit too low|minimum memory limit/i,
    means: 'the memory limit is too low even to start',
    hint: 'Raise `pod.limits.memory`: a build needs 1Gi and more.',
  },
  {
    reasons: ofStart,
    isNameless: true,
    pattern: /context deadline exceeded|is reserved for|timeout/i,
    means: 'the container runtime of the node is overloaded or stuck',
    hint: 'Build again; if it persists, the node needs a look.',
    isRetryable: true,
  },
  {
    reasons: ['FailedCreatePodSandBox'],
    pattern:
      /no runtime for "([^"]+)" is configured|RuntimeHandler "([^"]+)" not supported|runtime handler "?([\w-]+)"?/i,
    means: ([, first, second, third]) =>
      `the node does not have the container runtime ${first ?? second ?? third}`,
    hint: 'Name a runtime class whose runtime the nodes have, or choose the nodes that have it (`pod.nodeSelector`).',
  },
  {
    reasons: ['FailedCreatePodSandBox'],
    isNameless: true,
    pattern: /\bcni\b|\bnetwork\b|IP address|failed to allocate|plugin type=/i,
    means: 'the network of the node gives the pod no address',
    hint: 'The network plugin has the reason: nodes that have just started need a moment, and address ranges can be used up. Another node may do (`pod.nodeSelector`).',
    isRetryable: true,
  },
  {
    reasons: ['FailedCreatePodSandBox'],
    isNameless: true,
    pattern: /sandbox image|pause image|\bpause\b/i,
    means: 'the node can not get the pause image that every pod needs',
    hint: 'The nodes do not reach its registry: a matter for whoever runs the cluster.',
  },
  {
    reasons: ['FailedCreatePodSandBox'],
    pattern: /^/,
    means: 'the node can not set the pod up',
    hint: 'A matter of the node; another one may do (`pod.nodeSelector`).',
    isRetryable: true,
  },
  {
    reasons: ['NetworkNotReady'],
    pattern: /^/,
    means: 'the network of the node is not ready',
    hint: 'Nodes that have just started need a moment; if it stays, the network plugin of the cluster is broken.',
    isRetryable: true,
  },
  {
    reasons: ['InitContainerFailed', 'SidecarFailed', 'CrashLoopBackOff'],
    pattern: /^init container ([\w.-]+)/i,
    hint: ([, name = '']) => injectedHint(name),
  },
  {
    reasons: ofStart,
    pattern: /^/,
    hint: 'The container runtime of the node can not start the executor; its words have the reason.',
  },
  {
    reasons: ['CreateContainerConfigError', 'FailedMount', 'FailedMapVolume'],
    pattern: /^/,
    hint: 'Check the secrets, config maps and volumes that the pod names.',
  },
];

/** What to do about an init container that something has put into the pod. */
export function injectedHint(name: string): string {
  return `kanikit creates no init containers: a policy or a mesh of the cluster, or a pod template, has put ${name} into the pod. Its log may tell more (kubectl logs POD -c ${name}); annotations keep most meshes out of builds.`;
}

function kindWords(kind: string): string {
  return kind.toLowerCase() === 'secret' ? 'secret' : 'config map';
}
