import { fields, list, map, type Schema, struct } from './schema.ts';

const expression = (name: string): Schema =>
  struct(name, { ...fields('string', ['key', 'operator']), values: list('string') });

const labelSelector = struct('LabelSelector', {
  matchLabels: map('string'),
  matchExpressions: list(expression('LabelSelectorRequirement')),
});

const nodeTerm = struct('NodeSelectorTerm', {
  matchExpressions: list(expression('NodeSelectorRequirement')),
  matchFields: list(expression('NodeSelectorRequirement')),
});

const podTerm = struct('PodAffinityTerm', {
  ...fields(labelSelector, ['labelSelector', 'namespaceSelector']),
  ...fields(list('string'), ['namespaces', 'matchLabelKeys', 'mismatchLabelKeys']),
  topologyKey: 'string',
});

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

const podAffinity = (name: string): Schema =>
  struct(name, {
    [required]: list(podTerm),
    [preferred]: list(struct('WeightedPodAffinityTerm', { weight: 'integer', podAffinityTerm: podTerm })),
  });

export const affinity: Schema = struct('Affinity', {
  nodeAffinity: struct('NodeAffinity', {
    [required]: struct('NodeSelector', { nodeSelectorTerms: list(nodeTerm) }),
    [preferred]: list(struct('PreferredSchedulingTerm', { weight: 'integer', preference: nodeTerm })),
  }),
  podAffinity: podAffinity('PodAffinity'),
  podAntiAffinity: podAffinity('PodAntiAffinity'),
});

export const topologySpreadConstraint: Schema = struct('TopologySpreadConstraint', {
  ...fields('integer', ['maxSkew', 'minDomains']),
  ...fields('string', ['topologyKey', 'whenUnsatisfiable', 'nodeAffinityPolicy', 'nodeTaintsPolicy']),
  labelSelector,
  matchLabelKeys: list('string'),
});
