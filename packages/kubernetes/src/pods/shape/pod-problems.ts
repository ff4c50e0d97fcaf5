import type { KubernetesObject, Manifest } from '@kanikit/spec';
import type { Flaw } from './flaw.ts';
import { isObject, listAt, objectAt, specOf } from './pod-fields.ts';

const dnsSubdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const names = ['serviceAccountName', 'priorityClassName', 'runtimeClassName', 'schedulerName'];
const choices: Readonly<Record<string, readonly string[]>> = {
  dnsPolicy: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
  preemptionPolicy: ['PreemptLowerPriority', 'Never'],
};
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const operators = ['Exists', 'Equal', 'Lt', 'Gt'];
const affinities = ['nodeAffinity', 'podAffinity', 'podAntiAffinity'];

/** What is wrong with the pod beyond its containers. */
export function* podFieldProblems(pod: Manifest): Generator<Flaw> {
  const spec = specOf(pod);
  const metadata = objectAt(pod, 'metadata');
  for (const field of ['labels', 'annotations'])
    for (const [key, value] of Object.entries(objectAt(metadata, field)))
      yield [
        `metadata.${field}[${key}]`,
        typeof value === 'string' ? undefined : 'is no text: put it in quotes',
      ];
  for (const [key, value] of Object.entries(objectAt(spec, 'nodeSelector')))
    yield [
      `spec.nodeSelector[${key}]`,
      typeof value === 'string' ? undefined : 'is no text: put it in quotes',
    ];
  for (const field of names) yield [`spec.${field}`, nameProblem(spec[field])];
  for (const [field, allowed] of Object.entries(choices))
    yield [`spec.${field}`, choiceProblem(spec[field], allowed)];
  for (const field of lists) yield [`spec.${field}`, listProblem(spec[field])];
  for (const field of objects) yield [`spec.${field}`, objectProblem(spec[field])];
  for (const [index, toleration] of listAt(spec, 'tolerations').entries())
    yield [`spec.tolerations[${index}]`, tolerationProblem(toleration)];
  for (const key of Object.keys(objectAt(spec, 'affinity')))
    yield [`spec.affinity.${key}`, choiceProblem(key, affinities)];
  for (const [index, constraint] of listAt(spec, 'topologySpreadConstraints').entries())
    yield [`spec.topologySpreadConstraints[${index}]`, constraintProblem(constraint)];
  for (const [index, { ip, hostnames }] of listAt(spec, 'hostAliases').entries())
    yield [
      `spec.hostAliases[${index}]`,
      typeof ip === 'string' && Array.isArray(hostnames) ? undefined : 'needs ip and hostnames',
    ];
  const nameservers = objectAt(spec, 'dnsConfig')['nameservers'];
  if (spec['dnsPolicy'] === 'None' && !(Array.isArray(nameservers) && nameservers.length > 0))
    yield ['spec.dnsConfig.nameservers', 'is empty, with a dnsPolicy of None'];
}

const lists = ['tolerations', 'topologySpreadConstraints', 'hostAliases', 'imagePullSecrets'];
const objects = ['affinity', 'dnsConfig', 'securityContext', 'nodeSelector'];

function listProblem(value: unknown): string | undefined {
  if (value === undefined || (Array.isArray(value) && value.every(isObject))) return undefined;
  return 'must be a list of objects';
}

function objectProblem(value: unknown): string | undefined {
  return value === undefined || isObject(value) ? undefined : 'must be an object';
}

function nameProblem(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && dnsSubdomain.test(value))) return undefined;
  return `is ${JSON.stringify(value)}: use lower-case letters, digits, "-" and "."`;
}

function choiceProblem(value: unknown, allowed: readonly string[]): string | undefined {
  if (value === undefined || (typeof value === 'string' && allowed.includes(value))) return undefined;
  return `is ${JSON.stringify(value)}, and must be one of ${allowed.join(', ')}`;
}

function tolerationProblem({
  key,
  operator,
  value,
  effect,
  tolerationSeconds,
}: KubernetesObject): string | undefined {
  const unknown = choiceProblem(operator, operators) ?? choiceProblem(effect, effects);
  if (unknown !== undefined) return unknown;
  if ((key ?? '') === '' && operator !== 'Exists')
    return 'has no key, which only the operator Exists may lack';
  if (operator === 'Exists' && (value ?? '') !== '')
    return 'has a value, which the operator Exists does not compare';
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    return 'has tolerationSeconds, which only the effect NoExecute knows';
  return undefined;
}

function constraintProblem(constraint: KubernetesObject): string | undefined {
  const { maxSkew, topologyKey, whenUnsatisfiable } = constraint;
  if (typeof maxSkew !== 'number' || !Number.isInteger(maxSkew) || maxSkew < 1)
    return 'needs maxSkew, a number from 1';
  if (typeof topologyKey !== 'string' || topologyKey === '') return 'needs topologyKey, a label of nodes';
  if (whenUnsatisfiable === 'DoNotSchedule' || whenUnsatisfiable === 'ScheduleAnyway') return undefined;
  return 'needs whenUnsatisfiable, DoNotSchedule or ScheduleAnyway';
}
