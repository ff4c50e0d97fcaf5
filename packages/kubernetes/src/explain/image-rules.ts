import { certificateWords } from '@kanikit/toolkit/go-errors';
import { executorSpec, type PodObject } from '../api/watch/pod-object.ts';
import type { Rule } from './rule.ts';

const ofPulls = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'ImageInspectError'];

const certificateRules: readonly Rule[] = Object.entries(certificateWords).map(
  ([trouble, { meaning, remedy }]) => ({
    reasons: ofPulls,
    isNameless: true,
    pattern: new RegExp(`^\\[certificate ${trouble}\\]`),
    means:
      trouble === 'unknown'
        ? 'the node does not trust the certificate of the registry'
        : `the certificate of the registry ${meaning}`,
    hint:
      trouble === 'unknown'
        ? "The nodes need the registry's certificate authority (containerd: hosts.toml of the registry), or name an image elsewhere with `executor.image`."
        : remedy,
  }),
);

/** Why an image does not come, in the words of kubelet, containerd, CRI-O and registries. */
export const imageRules: readonly Rule[] = [
  {
    reasons: ['InvalidImageName'],
    pattern: /^/,
    means: (_found, pod) => `the name of the image${named(pod)} is malformed`,
    hint: 'Correct the name: `executor.image: registry.example.com/team/kaniko:tag`.',
  },
  {
    reasons: ['ErrImageNeverPull'],
    pattern: /^/,
    means: 'the node does not have the image, and imagePullPolicy "Never" forbids to pull it',
    hint: 'Bring the image to the nodes, or let them pull it.',
  },
  {
    reasons: ['SignatureValidationFailed'],
    pattern: /^/,
    means: 'the nodes run signed images only, and this one has no signature they trust',
    hint: 'Name a copy that is signed for this cluster with `executor.image`.',
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern: /no match for platform in manifest|no image found in (?:manifest list|image index) for/i,
    means: (_found, pod) => `the image${named(pod)} does not exist for the architecture of its node`,
    hint: 'Build on nodes of an architecture it has, e.g. `pod.nodeSelector: kubernetes.io/arch=amd64`, or name an image that has this one with `executor.image`.',
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern: /toomanyrequests|429 Too Many Requests|rate limit/i,
    means: 'the registry limits how often images may be pulled',
    hint: 'Try again later, pull with an account (a pull secret), or name a mirror with `executor.image`.',
    isRetryable: true,
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern: /^\[network not-tls\]/,
    means: 'the registry of the image speaks plain http, and the node asks for https',
    hint: 'The container runtime of the nodes has to be told (containerd: hosts.toml of the registry); `insecureRegistries` is for the executor only. Or name an image elsewhere with `executor.image`.',
  },
  ...certificateRules,
  {
    reasons: ofPulls,
    isNameless: true,
    pattern: /^\[network tls\]/,
    means: 'the node and the registry can not agree on an encrypted connection',
    hint: 'Check which versions of TLS the registry speaks, and whether it wants a certificate of the client (containerd: hosts.toml of the registry).',
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern: /^\[proxy (refused|unreachable)\]/,
    means: ([, how]) =>
      how === 'refused'
        ? 'the proxy of the node refuses the connection to the registry'
        : 'the proxy of the node gives no connection to the registry',
    hint: 'A matter of the node: the proxy of its container runtime must allow the registry, or leave it out (NO_PROXY).',
    isRetryable: true,
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern: /^\[network dns\]|no such host|server misbehaving|name resolution/i,
    means: 'the node does not find the registry by its name',
    hint: 'Check the name of the registry in `executor.image`, and the DNS of the nodes.',
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern:
      /unauthori[sz]ed|authentication required|authorization failed|insufficient_scope|access denied|\bdenied\b|403 Forbidden|401 Unauthorized|no basic auth/i,
    means: (_found, pod) => `the registry does not let the node pull the image${named(pod)}`,
    hint: (_found, pod) =>
      secretNames(pod) === undefined
        ? 'Name a pull secret for it (of the pod, or of its service account), and check the name: some registries answer so for images that do not exist.'
        : `Check what the pull secret ${secretNames(pod)} holds, and the name: some registries answer so for images that do not exist.`,
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern:
      /not found|manifest unknown|name unknown|does not exist|repository name not known|404 Not Found/i,
    means: (_found, pod) => `the registry does not have the image${named(pod)}`,
    hint: 'Check name and tag (`executor`, `executor.image`).',
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern: /no space left on device/i,
    means: 'the disk of the node is full',
    hint: 'Nodes free space by themselves after a while; build again, or on other nodes (`pod.nodeSelector`).',
    isRetryable: true,
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern:
      /^\[network \w+\]|i\/o timeout|connection refused|connection reset|no route to host|network is unreachable|deadline exceeded|TLS handshake timeout|unexpected EOF|: EOF|5\d\d (?:Internal|Bad|Service|Gateway)|Client\.Timeout/i,
    means: 'the node does not reach the registry',
    hint: 'Check that nodes may reach it (firewall, proxy of the container runtime), or name a mirror with `executor.image`.',
    isRetryable: true,
  },
  {
    reasons: ofPulls,
    isNameless: true,
    pattern: /^/,
    hint: 'The node can not pull the image: check its name, and that nodes reach its registry.',
  },
];

/** What is said of a pull secret, as an event. */
export const pullSecretRules: readonly Rule[] = [
  {
    reasons: ['FailedToRetrieveImagePullSecret'],
    pattern: /^(?:Unable to retrieve some image pull secrets \(([^)]+)\))?/,
    means: 'a pull secret of the pod is not there: images that need it can not be pulled',
    hint: ([, name], pod) =>
      `Create it in the namespace (kubectl create secret docker-registry ${name ?? secretNames(pod) ?? 'NAME'} …), or do not name it.`,
  },
];

function named(pod: PodObject | undefined): string {
  const image = pod === undefined ? undefined : executorSpec(pod)?.image;
  return image === undefined ? '' : ` ${image}`;
}

function secretNames(pod: PodObject | undefined): string | undefined {
  const names = (pod?.spec?.imagePullSecrets ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
  return names.length === 0 ? undefined : names.join(', ');
}
