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
import { unlessDenied } from './unless-denied.ts';

interface Quota {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly scopes?: readonly string[]; readonly scopeSelector?: unknown };
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

interface LimitRange {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly limits?: readonly LimitItem[] };
}

interface LimitItem {
  readonly type: string;
  readonly min?: Readonly<Record<string, string>>;
  readonly max?: Readonly<Record<string, string>>;
  readonly default?: Readonly<Record<string, string>>;
}

/** How many more builds fit into the quotas of the namespace. */
export function checkQuota(client: ApiClient, manifest: Manifest, run: RunContext): Promise<Finding> {
  const namespace = namespaceOf(manifest);
  return look({ check: 'quota', title: 'Quota' }, run, async ({ signal }) => {
    const quotas = await listed<Quota>(client, namespace, 'resourcequotas', signal);
    if (quotas === undefined) return unseen('quotas', namespace);
    if (quotas.length === 0) return { status: 'ok', message: `none in ${namespace}` };
    return describe(quotas, asksOf(manifest));
  });
}

/** What a LimitRange of the namespace allows. Whether a build keeps to it is for the trial of its pod to tell. */
export function checkLimitRange(client: ApiClient, manifest: Manifest, run: RunContext): Promise<Finding> {
  const namespace = namespaceOf(manifest);
  return look({ check: 'limit-range', title: 'LimitRange' }, run, async ({ signal }) => {
    const ranges = await listed<LimitRange>(client, namespace, 'limitranges', signal);
    if (ranges === undefined) return unseen('limits', namespace);
    const items = ranges
      .flatMap(({ spec }) => spec?.limits ?? [])
      .filter(({ type }) => type !== 'PersistentVolumeClaim');
    if (items.length === 0) return { status: 'ok', message: `none in ${namespace}` };
    return { status: 'ok', message: items.map(limitWords).join('; ') };
  });
}

function describe(quotas: readonly Quota[], asks: Readonly<Record<string, number>>): FindingBody {
  const rooms = quotas.flatMap((quota) => roomsOf(quota, asks));
  const said = quotas.map((quota) => {
    const { metadata, status } = quota;
    const amounts = Object.entries(status?.hard ?? {}).map(
      ([name, hard]) => `${name} ${status?.used?.[name] ?? '0'} of ${hard}`,
    );
    const scope = isScoped(quota) ? ' (for some pods only)' : '';
    return `${metadata.name}${scope}: ${amounts.join(', ')} used`;
  });
  const [tightest] = rooms.toSorted((left, right) => left.builds - right.builds);
  if (tightest === undefined)
    return { status: 'ok', message: `${said.join('; ')}; none of it bounds builds as they are` };
  const message = `room for ${tightest.builds} of such builds at once (${tightest.resource}); ${said.join('; ')}`;
  if (tightest.builds > 0) return { status: 'ok', message };
  if (tightest.isHopeless) {
    return {
      status: 'problem',
      code: 'quota-exceeded',
      message: `a build asks for more ${tightest.resource} than the whole quota has; ${said.join('; ')}`,
      hint: 'Ask for less (`pod.limits.cpu`, `pod.limits.memory`, `pod.limits.ephemeralStorage`), or have the quota raised.',
    };
  }
  return {
    status: 'warning',
    code: 'quota-exceeded',
    message,
    hint: 'Builds wait until other pods have ended.',
  };
}

interface Room {
  readonly resource: string;
  readonly builds: number;
  /** Not even an empty namespace has room. */
  readonly isHopeless: boolean;
}

function roomsOf(quota: Quota, asks: Readonly<Record<string, number>>): readonly Room[] {
  // Whether a scope takes builds in is for the trial of the pod to tell.
  if (isScoped(quota)) return [];
  return Object.entries(quota.status?.hard ?? {}).flatMap(([resource, hard]) => {
    const ask = asks[resource];
    const [limit, used] = [parseQuantity(hard), parseQuantity(quota.status?.used?.[resource] ?? '0')];
    if (ask === undefined || ask <= 0 || limit === undefined || used === undefined) return [];
    const builds = Math.max(0, Math.floor((limit - used) / ask + 1e-9));
    return [{ resource, builds, isHopeless: limit < ask }];
  });
}

function isScoped({ spec }: Quota): boolean {
  return (spec?.scopes?.length ?? 0) > 0 || spec?.scopeSelector !== undefined;
}

function limitWords({ type, min = {}, max = {}, default: defaults = {} }: LimitItem): string {
  const list = (amounts: Readonly<Record<string, string>>): string =>
    Object.entries(amounts)
      .map(([name, amount]) => `${name} ${amount}`)
      .join(', ');
  const parts = [
    ...(Object.keys(max).length === 0 ? [] : [`at most ${list(max)}`]),
    ...(Object.keys(min).length === 0 ? [] : [`at least ${list(min)}`]),
    ...(Object.keys(defaults).length === 0 ? [] : [`limits where none are named: ${list(defaults)}`]),
  ];
  return `for a ${type.toLowerCase()}: ${parts.join('; ') || 'nothing'}`;
}

async function listed<T>(
  client: ApiClient,
  namespace: string,
  resource: string,
  signal: AbortSignal,
): Promise<readonly T[] | undefined> {
  const what = `Listing ${resource} in ${namespace}`;
  const path = `/api/v1/namespaces/${namespace}/${resource}`;
  const list = await unlessDenied(
    client.sendRepeatable<{ readonly items: readonly T[] }>({ method: 'GET', path, what }, signal),
  );
  return list?.items;
}

function unseen(what: string, namespace: string): FindingBody {
  return { status: 'unknown', message: `the ${what} of ${namespace} can not be seen with these rights` };
}

function namespaceOf(manifest: Manifest): string {
  return (manifest['metadata'] as { readonly namespace: string }).namespace;
}
