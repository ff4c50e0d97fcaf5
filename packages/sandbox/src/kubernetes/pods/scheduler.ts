import { parseQuantity } from '@kanikit/spec';
import { type ApiObject, isFinished, type Pod } from '../objects.ts';
import { ruleAgainst } from './placement-rules.ts';

/**
 * Why a pod does not fit on the node, in the scheduler's words; undefined when it fits.
 */
export function unschedulableReason(pod: Pod, node: ApiObject, pods: readonly Pod[]): string | undefined {
  const claim = claimOf(pod);
  // The sandbox has no claims. The scheduler says so twice, and nothing about preemption.
  if (claim !== undefined)
    return `0/1 nodes are available: persistentvolumeclaim "${claim}" not found. not found`;
  const rule = ruleAgainst(pod, node, pods);
  if (rule !== undefined) return words(rule, '1 Preemption is not helpful for scheduling');
  const { allocatable } = node['status'] as { allocatable: Readonly<Record<string, string>> };
  const others = pods.filter(
    (other) =>
      other.spec.nodeName === node.metadata.name &&
      !isFinished(other) &&
      other.metadata.uid !== pod.metadata.uid,
  );
  if (others.length >= parseQuantity(allocatable['pods'] ?? '110')!)
    return words('1 Too many pods', '1 No preemption victims found for incoming pod');
  const lacking = [...requestsOf(pod)]
    .filter(([name, amount]) => {
      const used = others.reduce((sum, other) => sum + (requestsOf(other).get(name) ?? 0), 0);
      return amount > 0 && used + amount > (parseQuantity(allocatable[name] ?? '0') ?? 0);
    })
    .map(([name]) => `1 Insufficient ${name}`);
  if (lacking.length === 0) return undefined;
  return words(lacking.toSorted().join(', '), '1 No preemption victims found for incoming pod');
}

function requestsOf(pod: Pod): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const container of pod.spec.containers)
    for (const [name, amount] of Object.entries(container.resources?.requests ?? {}))
      sums.set(name, (sums.get(name) ?? 0) + (parseQuantity(amount) ?? 0));
  // Init containers run one by one before the others: the largest of them counts.
  for (const container of pod.spec.initContainers ?? [])
    for (const [name, amount] of Object.entries(container.resources?.requests ?? {}))
      sums.set(name, Math.max(sums.get(name) ?? 0, parseQuantity(amount) ?? 0));
  return sums;
}

function claimOf(pod: Pod): string | undefined {
  for (const { persistentVolumeClaim: claim } of pod.spec.volumes ?? [])
    if (claim !== undefined) return String((claim as { claimName?: string }).claimName);
  return undefined;
}

function words(reason: string, preemption: string): string {
  return `0/1 nodes are available: ${reason}. no new claims to deallocate, preemption: 0/1 nodes are available: ${preemption}.`;
}
