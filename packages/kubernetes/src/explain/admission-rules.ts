import type { KanikitErrorCode } from '@kanikit/spec';
import { namespaceHint } from './missing-namespace.ts';
import { exceededQuota } from '../quota/exceeded-quota.ts';
import { describeViolations } from './pod-security.ts';
import type { Rule } from './rule.ts';

/** A refusal of the API server: a rule with the code of its error. */
export interface RefusalRule extends Rule {
  readonly code: KanikitErrorCode;
}

/** Why a pod is not admitted, in the words of Kubernetes, OpenShift and the usual policy engines; the first that fits counts. */
export const admissionRules: readonly RefusalRule[] = [
  {
    code: 'pod-security-refused',
    pattern: /violates PodSecurity "([a-z]+):([\w.]+)": (.*)/s,
    means: ([, level = '', , violations = '']) =>
      `the namespace allows only "${level}" pods (Pod Security): ${describeViolations(violations)}`,
    hint: ([, level]) =>
      level === 'restricted'
        ? 'Kaniko must be root and change owners of files, which "restricted" forbids: use a namespace of the level "baseline" (kubectl label namespace NAME --overwrite pod-security.kubernetes.io/enforce=baseline).'
        : 'kanikit\'s own pod keeps within "baseline": leave out of the pod template what the message names, or use a namespace of the level "privileged".',
  },
  // What a webhook says is its own words: it may speak of quotas, namespaces and anything else.
  {
    code: 'policy-refused',
    pattern: /admission webhook "((?:(?!gatekeeper)[^"])*gatekeeper[^"]*)" denied the request: (.*)/s,
    means: ([, , words = '']) =>
      `a policy of the cluster (Gatekeeper) refuses the pod${named([...words.matchAll(/\[([\w.-]+)\]/g)].map(([, name = '']) => name))}`,
    hint: 'Its words say what it wants: labels and annotations can be given with the pod settings; ask its owner for an exception where Kaniko can not do it (kubectl get constraints).',
  },
  {
    code: 'policy-refused',
    pattern: /admission webhook "(?:(?!kyverno)[^"])*kyverno[^"]*" denied the request: (.*)/s,
    means: ([, words = '']) =>
      `a policy of the cluster (Kyverno) refuses the pod${named([...words.matchAll(/^([\w.-]+):\s*$/gm)].map(([, name = '']) => name))}`,
    hint: 'Its words say what it wants: labels and annotations can be given with the pod settings; ask its owner for an exception where Kaniko can not do it (kubectl get clusterpolicy,policy).',
  },
  {
    code: 'policy-refused',
    pattern: /ValidatingAdmissionPolicy '([^']+)'(?: with binding '[^']+')? denied request/i,
    means: ([, name]) => `the policy ${name} of the cluster refuses the pod`,
    hint: ([, name]) =>
      `Its words say what it wants; its owner can make an exception (kubectl get validatingadmissionpolicy ${name} -o yaml).`,
  },
  {
    code: 'policy-unavailable',
    pattern: /failed calling webhook "([^"]+)"/,
    means: ([, name]) =>
      `a policy of the cluster (${name}) has to be asked about every pod, and does not answer`,
    hint: 'Nobody can create pods here while it is broken: its owner has to look at it.',
    isRetryable: true,
  },
  {
    code: 'policy-refused',
    pattern: /admission webhook "([^"]+)" denied the request/,
    means: ([, name]) => `a policy of the cluster (${name}) refuses the pod`,
    hint: 'Its words say what it wants, and its owner knows more.',
  },
  {
    code: 'quota-exceeded',
    pattern: exceededQuota,
    means: ([, name, requested = '', used = '', limited = '']) =>
      `the quota ${name} of the namespace is used up: ${quotaWords(requested, used, limited)}`,
    hint: 'Wait for other pods to end, or ask for less (`pod.limits.cpu`, `pod.limits.memory`, `pod.limits.ephemeralStorage`).',
    isRetryable: true,
  },
  {
    code: 'amounts-missing',
    pattern: /failed quota: ([\w.-]+): must specify (.+)/,
    means: ([, name, amounts = '']) =>
      `the quota ${name} of the namespace demands amounts that the pod does not name: ${amounts.replaceAll(/ for: [\w,-]+/g, '').replaceAll(/[;,] ?/g, ', ')}`,
    hint: 'Name them: `pod.limits.cpu`, `pod.limits.memory` and `pod.limits.ephemeralStorage`; or the namespace gets a LimitRange with defaults.',
  },
  {
    code: 'quota-missing',
    pattern: /insufficient quota to (?:consume|match)/,
    means: 'no quota of the namespace allows such pods',
    hint: 'The cluster lets pods of this kind (often: of this priority class) into namespaces only that have a quota for them.',
  },
  {
    code: 'quota-exceeded',
    pattern: /status unknown for quota|quota usage is negative|exceeded quota|failed quota/i,
    means: 'the quota of the namespace is not reckoned yet, or used up',
    hint: 'Try again in a moment; kubectl describe quota shows what is left.',
    isRetryable: true,
  },
  {
    code: 'amounts-refused',
    pattern: /(maximum|minimum) (\S+) usage per (\w+) is ([^\s,.]+)(?:, but (request|limit) is ([^\s,.]+))?/,
    means: ([, bound, resource, kind = '', amount, which, given]) =>
      `the namespace allows ${bound === 'maximum' ? 'at most' : 'no less than'} ${amount} ${resource} for a ${kind.toLowerCase()} (LimitRange)${given === undefined ? ', and the pod names no amount' : `, and the pod has a ${which} of ${given}`}`,
    hint: ([, , resource = '']) =>
      `Change it (${{ cpu: '`pod.limits.cpu`', memory: '`pod.limits.memory`', 'ephemeral-storage': '`pod.limits.ephemeralStorage`' }[resource] ?? 'in the pod template'}); kubectl describe limitrange shows what is allowed.`,
  },
  {
    code: 'amounts-refused',
    pattern: /max limit to request ratio per \w+ is/,
    means: 'the namespace bounds how far a limit may be above its request (LimitRange)',
    hint: 'Ask for as much as the limit is, or lower the limit; kubectl describe limitrange shows what is allowed.',
  },
  {
    code: 'pod-security-refused',
    pattern: /unable to validate against any security context constraint/i,
    means: 'no security context constraint of OpenShift allows the pod',
    hint: 'Kaniko must be root: the service account of the pod needs "anyuid" (oc adm policy add-scc-to-user anyuid -z SERVICEACCOUNT), named with `pod.serviceAccount`.',
  },
  {
    code: 'policy-refused',
    pattern:
      /conflicts? with its namespace (?:node label selector|tolerations?)|pod node label selector conflicts/i,
    means: 'the namespace is bound to nodes that the pod excludes',
    hint: 'Leave out `pod.nodeSelector` and tolerations that differ from those of the namespace.',
  },
  {
    code: 'namespace-terminating',
    pattern: /because it is being terminated|being terminated/i,
    means: 'the namespace is being deleted',
    hint: 'Use another one.',
  },
  {
    code: 'service-account-missing',
    pattern: /(?:service account ([^\s/]+)\/\S+ )?serviceaccount "([^"]*)" not found/i,
    hint: ([, namespace, name]) =>
      name === 'default'
        ? 'The cluster makes the service account "default" a moment after the namespace: try again.'
        : `Create it (kubectl create serviceaccount ${name}${namespace === undefined ? '' : ` -n ${namespace}`}), or name another one with \`pod.serviceAccount\`.`,
    isRetryable: false,
  },
  {
    code: 'service-account-refused',
    pattern:
      /is not allowed because service account (\S+) does not reference that (?:secret|imagePullSecret)/,
    means: ([, name]) => `the service account ${name} may use only secrets that it lists`,
    hint: 'Use another service account: builds have secrets of their own.',
  },
  {
    code: 'priority-class-missing',
    pattern: /no PriorityClass with name (\S+) was found/,
    hint: 'kubectl get priorityclasses shows those there are.',
  },
  {
    code: 'runtime-class-missing',
    pattern: /RuntimeClass "([^"]+)" not found/,
    hint: 'kubectl get runtimeclasses shows those there are.',
  },
  {
    code: 'namespace-missing',
    pattern: /namespaces? "([^"]*)" not found/i,
    hint: ([, name]) => namespaceHint(name),
  },
  {
    code: 'pod-invalid',
    pattern: /^(?:Pod|Secret)(?:\.\S+)? "[^"]*" is invalid: /,
    hint: 'The message names the fields: correct the pod settings or the pod template that they come from.',
  },
];

/** `pods 2 of 2 used, 1 more is asked for`. */
function quotaWords(requested: string, used: string, limited: string): string {
  const [usedBy, limitOf] = [amounts(used), amounts(limited)];
  return [...amounts(requested)]
    .map(
      ([name, amount]) =>
        `${name} ${usedBy.get(name) ?? '?'} of ${limitOf.get(name) ?? '?'} used, ${amount} more is asked for`,
    )
    .join('; ');
}

function amounts(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(',').map((pair) => pair.split('=') as [string, string]));
}

function named(names: readonly string[]): string {
  const own = [...new Set(names.filter((name) => name !== ''))];
  return own.length === 0 ? '' : `: ${own.join(', ')}`;
}
