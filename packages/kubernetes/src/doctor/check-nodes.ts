import {
  type Finding,
  type FindingBody,
  look,
  type Manifest,
  parseQuantity,
  type RunContext,
} from '@kanikit/spec';
import type { ApiClient } from '../api/client/api-client.ts';
import { asksOf } from './pod-asks.ts';
import { tolerates, type Taint, type Toleration } from './tolerates.ts';
import { unlessDenied } from './unless-denied.ts';

/** Enough to tell of; a cluster with more is told of by its first ones. */
const mostNodes = 500;

interface NodeObject {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly nodeInfo?: { readonly architecture?: string };
  };
}

interface PodShape {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
}

/** Which nodes would take a build, and why the others would not. Users of one namespace can't list nodes, and need not. */
export function checkNodes(client: ApiClient, manifest: Manifest, run: RunContext): Promise<Finding> {
  return look({ check: 'nodes', title: 'Nodes' }, run, async ({ signal }) => {
    const request = {
      method: 'GET',
      path: '/api/v1/nodes',
      query: { limit: String(mostNodes) },
      what: 'Listing nodes',
    } as const;
    const list = await unlessDenied(
      client.sendRepeatable<{ readonly items?: readonly NodeObject[] }>(request, signal),
    );
    if (list !== undefined) return describe(list.items ?? [], manifest);
    return {
      status: 'unknown',
      message: 'can not be seen with these rights (a Role of one namespace never allows it)',
    };
  });
}

function describe(nodes: readonly NodeObject[], manifest: Manifest): FindingBody {
  const counts = Map.groupBy(nodes, (node) => node.status?.nodeInfo?.architecture ?? 'unknown');
  const architectures = [...counts]
    .map(([architecture, list]) => `${list.length} ${architecture}`)
    .join(', ');
  const obstacles = nodes.map((node) => obstacleOf(node, manifest));
  const fitting = nodes.filter((_node, index) => obstacles[index] === undefined);
  const why = [
    ...Map.groupBy(
      obstacles.filter((words) => words !== undefined),
      (words) => words,
    ),
  ]
    .map(([words, list]) => `${list.length} ${words}`)
    .join(', ');
  const said = `${nodes.length} (${architectures})`;
  if (fitting.length === 0) {
    return {
      status: 'problem',
      message: nodes.length === 0 ? 'there are none' : `none of ${said} takes a build: ${why}`,
      hint: 'Ask for less, for other nodes (`pod.nodeSelector`, `platform`), or tolerate a taint (`pod.tolerations`).',
    };
  }
  const largest = ['cpu', 'memory', 'ephemeral-storage'].map((name) => `${largestOf(fitting, name)} ${name}`);
  const others = why === '' ? '' : `, the others do not: ${why}`;
  return {
    status: 'ok',
    message: `${fitting.length} of ${said} take builds${others}; the largest have ${largest.join(', ')}`,
  };
}

/** Why a node takes no build, in a few words; undefined where it does. */
function obstacleOf({ metadata, spec, status }: NodeObject, manifest: Manifest): string | undefined {
  const { nodeSelector = {}, tolerations = [] } = manifest['spec'] as PodShape;
  const isReady =
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  if (!isReady) return 'not ready';
  if (spec?.unschedulable === true) return 'closed for new pods (cordoned)';
  const taint = spec?.taints?.find(
    (candidate) => candidate.effect !== 'PreferNoSchedule' && !tolerates(tolerations, candidate),
  );
  if (taint !== undefined) return `with the taint ${taint.key}${taint.value ? `=${taint.value}` : ''}`;
  const label = Object.entries(nodeSelector).find(([key, value]) => metadata.labels?.[key] !== value);
  if (label !== undefined) return `without ${label.join('=')}`;
  const asks = asksOf(manifest);
  const small = ['cpu', 'memory', 'ephemeral-storage'].find(
    (name) => (asks[name] ?? 0) > (parseQuantity(status?.allocatable?.[name]) ?? Number.POSITIVE_INFINITY),
  );
  return small === undefined ? undefined : `with too little ${small}`;
}

function largestOf(nodes: readonly NodeObject[], resource: string): string {
  const amounts = nodes.map(({ status }) => parseQuantity(status?.allocatable?.[resource]) ?? 0);
  const most = Math.max(0, ...amounts);
  if (resource === 'cpu') return String(Math.round(most * 10) / 10);
  return `${Math.round((most / 2 ** 30) * 10) / 10}Gi`;
}
