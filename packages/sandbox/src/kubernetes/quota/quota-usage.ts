import { parseQuantity } from '@kanikit/spec';
import { type ApiObject, isFinished, type Pod } from '../objects.ts';

/** What a namespace may hold; the part of a `ResourceQuota` that the sandbox plays. */
export interface ResourceQuota extends ApiObject {
  readonly spec?: { readonly hard?: Readonly<Record<string, string>>; readonly [field: string]: unknown };
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

const computeNames = ['cpu', 'memory', 'ephemeral-storage'] as const;

/** Amounts that a quota counts of one object, by the names of `spec.hard`. */
export function usageOf(plural: string, object: ApiObject): ReadonlyMap<string, number> {
  const usage = new Map<string, number>([[`count/${plural}`, 1]]);
  if (plural !== 'pods') return usage.set(plural, 1);
  const pod = object as Pod;
  // A pod that has ended uses nothing of its node; it is still an object.
  if (isFinished(pod)) return usage;
  usage.set('pods', 1);
  for (const name of computeNames) {
    const requests = total(pod, 'requests', name);
    usage.set(`requests.${name}`, requests);
    usage.set(name, requests);
    usage.set(`limits.${name}`, total(pod, 'limits', name));
  }
  return usage;
}

/** Which containers do not say how much they want of what a quota counts, in the API server's words; undefined where all do. */
export function unspecified(pod: Pod, hard: readonly string[]): string | undefined {
  const missing = hard
    .filter((name) => /^(?:requests\.|limits\.)?(?:cpu|memory)$/.test(name))
    .toSorted()
    .flatMap((name) => {
      const [kind, resource] = name.includes('.') ? name.split('.') : ['requests', name];
      const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
        .filter(({ resources }) => resources?.[kind as 'requests' | 'limits']?.[resource!] === undefined)
        .map((container) => container.name);
      return containers.length === 0 ? [] : [`${name} for: ${containers.toSorted().join(',')}`];
    });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

/** An amount as the API server prints it: `3`, `500m`, `7Gi`. */
export function printAmount(name: string, amount: number): string {
  const isBytes = name.endsWith('memory') || name.endsWith('storage');
  if (!isBytes) return Number.isInteger(amount) ? String(amount) : `${Math.ceil(amount * 1000)}m`;
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti'];
  let [value, unit] = [Math.ceil(amount), 0];
  while (value > 0 && value % 1024 === 0 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value}${units[unit]}`;
}

function total(pod: Pod, kind: 'requests' | 'limits', name: string): number {
  const amountOf = ({ resources }: Pod['spec']['containers'][number]) =>
    parseQuantity(resources?.[kind]?.[name]) ?? 0;
  const side = pod.spec.containers.reduce((sum, container) => sum + amountOf(container), 0);
  // Init containers run one by one before the others: the largest of them counts.
  return Math.max(side, ...(pod.spec.initContainers ?? []).map(amountOf));
}
