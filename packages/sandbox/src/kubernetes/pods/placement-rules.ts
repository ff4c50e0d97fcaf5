import { type ApiObject, isFinished, type Pod } from '../objects.ts';

type Labels = Readonly<Record<string, string>>;

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly Expression[];
}

interface NodeTerm {
  readonly matchExpressions?: readonly Expression[];
  readonly matchFields?: readonly Expression[];
}

interface PodTerm {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
}

interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms: readonly NodeTerm[];
    };
  };
  readonly podAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodTerm[] };
  readonly podAntiAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodTerm[] };
}

/**
 * Why the pod's own rules keep it off the node, in the scheduler's words; undefined where they don't. Preferences decide between nodes, and the
 * sandbox has one.
 */
export function ruleAgainst(pod: Pod, node: ApiObject, pods: readonly Pod[]): string | undefined {
  const labels = node.metadata.labels ?? {};
  const affinity = (pod.spec['affinity'] ?? {}) as Affinity;
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  const terms = affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const isSelected =
    selector.every(([key, value]) => labels[key] === value) &&
    (terms === undefined || terms.some((term) => matchesNode(term, node)));
  if (!isSelected) return "1 node(s) didn't match Pod's node affinity/selector";
  const spread = (pod.spec['topologySpreadConstraints'] ?? []) as readonly {
    readonly topologyKey: string;
    readonly whenUnsatisfiable: string;
  }[];
  // On one node no skew can be too large: only the label can be missing.
  if (
    spread.some(
      (rule) => rule.whenUnsatisfiable === 'DoNotSchedule' && labels[rule.topologyKey] === undefined,
    )
  )
    return "1 node(s) didn't match pod topology spread constraints (missing required label)";
  const others = pods.filter(
    (other) =>
      other.spec.nodeName === node.metadata.name &&
      !isFinished(other) &&
      other.metadata.uid !== pod.metadata.uid,
  );
  const apart = affinity.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (
    apart.some((term) => term.topologyKey in labels && others.some((other) => matchesPod(term, other, pod)))
  )
    return "1 node(s) didn't match pod anti-affinity rules";
  const together = affinity.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  // The first pod of a group that wants to be together is let in by itself.
  const isFound = (term: PodTerm): boolean =>
    term.topologyKey in labels && [...others, pod].some((other) => matchesPod(term, other, pod));
  return together.every(isFound) ? undefined : "1 node(s) didn't match pod affinity rules";
}

function matchesNode({ matchExpressions = [], matchFields = [] }: NodeTerm, node: ApiObject): boolean {
  // A term without anything in it matches no node.
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((expression) => matches(expression, node.metadata.labels ?? {})) &&
    matchFields.every((expression) => matches(expression, { 'metadata.name': node.metadata.name }))
  );
}

function matchesPod({ labelSelector, namespaces }: PodTerm, other: Pod, pod: Pod): boolean {
  if (labelSelector === undefined) return false;
  const inside = namespaces ?? [pod.metadata.namespace ?? ''];
  const labels = other.metadata.labels ?? {};
  return (
    inside.includes(other.metadata.namespace ?? '') &&
    Object.entries(labelSelector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (labelSelector.matchExpressions ?? []).every((expression) => matches(expression, labels))
  );
}

function matches({ key, operator, values = [] }: Expression, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
