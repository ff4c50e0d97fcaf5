import type { SeededRandom } from '@kanikit/testing';

type Json = Record<string, unknown>;

/** A pod with lists of every kind that a patch treats in a way of its own. */
export function randomPod(random: SeededRandom): Json {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'kaniko',
      labels: stringMap(random),
      finalizers: some(random, ['a/1', 'b/2', 'c/3']),
    },
    spec: {
      ...podSpec(random, (name) => randomContainer(random, name)),
      activeDeadlineSeconds: 1 + random.below(9),
    },
  };
}

/** A strategic merge patch of such a pod, with directives. */
export function randomPatch(random: SeededRandom): Json {
  const spec = podSpec(random, (name) => partOf(random, randomContainer(random, name)));
  const patched: Json = Object.fromEntries(
    Object.entries(spec)
      .filter(() => random.chance(0.7))
      .map(([field, items]) => [field, withDirective(random, field, items)]),
  );
  if (random.chance(0.2)) patched['nodeSelector'] = null;
  if (random.chance(0.2)) patched['securityContext'] = { $patch: 'replace', runAsGroup: 1 };
  if (random.chance(0.1)) patched['dnsConfig'] = { $patch: 'delete' };
  const aliases = (patched['hostAliases'] ?? []) as readonly Json[];
  // A list that is replaced has no order to keep: kubectl refuses both at once.
  if (random.chance(0.2) && !aliases.some((alias) => alias['$patch'] === 'replace'))
    patched['$setElementOrder/hostAliases'] = orderOf(random, aliases);
  const metadata = {
    labels: { ...stringMap(random), ...(random.chance(0.3) ? { a: null } : {}) },
    ...(random.chance(0.3) ? { finalizers: ['d/4', 'b/2'] } : {}),
    ...(random.chance(0.2) ? { '$deleteFromPrimitiveList/finalizers': ['a/1'] } : {}),
  };
  return { metadata, spec: patched };
}

function partOf(random: SeededRandom, container: Json): Json {
  return Object.fromEntries(
    Object.entries(container).filter(([field]) => field === 'name' || random.chance(0.6)),
  );
}

function podSpec(random: SeededRandom, make: (name: string) => Json): Json {
  return {
    containers: named(random, ['kaniko', 'one', 'two', 'three'], make),
    initContainers: named(random, ['init', 'sidecar'], (name) => ({ name, image: random.pick(images) })),
    volumes: named(random, ['v', 'w', 'x'], (name) => ({ name, ...random.pick(volumeSources) })),
    tolerations: named(random, ['k', 'l'], (key) => ({ key, operator: 'Exists' })),
    imagePullSecrets: named(random, ['p', 'q', 'r'], (name) => ({ name })),
    hostAliases: named(random, ['10.0.0.1', '10.0.0.2', '10.0.0.3'], (ip) => ({
      ip,
      hostnames: some(random, ['h', 'i']),
    })),
    topologySpreadConstraints: named(random, ['host', 'zone'], (topologyKey) => ({
      topologyKey,
      maxSkew: 1 + random.below(3),
      whenUnsatisfiable: random.pick(['ScheduleAnyway', 'DoNotSchedule']),
    })),
    ...(random.chance(0.5) ? { nodeSelector: stringMap(random) } : {}),
    ...(random.chance(0.5) ? { securityContext: { runAsUser: 0, sysctls: [] } } : {}),
    ...(random.chance(0.5) ? { dnsConfig: { nameservers: some(random, ['1.1.1.1', '8.8.8.8']) } } : {}),
  };
}

function randomContainer(random: SeededRandom, name: string): Json {
  return {
    name,
    image: random.pick(images),
    args: some(random, ['--a', '--b', '--c']),
    env: named(random, ['A', 'B', 'C'], (variable) =>
      random.chance(0.5)
        ? { name: variable, value: random.pick(images) }
        : { name: variable, valueFrom: { secretKeyRef: { name: 's', key: random.pick(images) } } },
    ),
    envFrom: [{ prefix: random.pick(images), secretRef: { name: 's' } }],
    volumeMounts: named(random, ['/a', '/b', '/c'], (mountPath) => ({
      mountPath,
      name: random.pick(['v', 'w']),
    })),
    ports: named(random, ['80', '81'], (port) => ({ containerPort: Number(port) })),
    resources: { limits: { cpu: String(1 + random.below(4)) } },
  };
}

const images = ['x', 'y', 'z'];
const volumeSources: readonly Json[] = [
  { emptyDir: { sizeLimit: '1Gi' } },
  { secret: { secretName: 's', items: [{ key: 'k', path: 'p' }] } },
  { persistentVolumeClaim: { claimName: 'c' } },
];

function named(random: SeededRandom, names: readonly string[], make: (name: string) => Json): Json[] {
  return some(random, names).map((name) => make(name));
}

/** Some of the items, shuffled now and then. */
function some(random: SeededRandom, items: readonly string[]): string[] {
  const chosen = items.filter(() => random.chance(0.6));
  const list = chosen.length === 0 ? [items[0] ?? ''] : chosen;
  return random.chance(0.4) ? list.toReversed() : list;
}

function stringMap(random: SeededRandom): Record<string, string> {
  return Object.fromEntries(
    some(random, ['a', 'b', 'env', 'containers']).map((key) => [key, random.pick(images)]),
  );
}

const mergeKeys: Readonly<Record<string, string>> = {
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
};

function withDirective(random: SeededRandom, field: string, items: unknown): unknown {
  if (!Array.isArray(items) || field === 'tolerations') return items;
  const list = items as Json[];
  const key = mergeKeys[field] ?? 'name';
  if (random.chance(0.1)) return [...list, { $patch: 'replace' }];
  const [first, ...rest] = list;
  if (random.chance(0.2) && first !== undefined) return [{ [key]: first[key], $patch: 'delete' }, ...rest];
  if (field === 'volumes' && first !== undefined && random.chance(0.3))
    return [{ ...first, $retainKeys: Object.keys(first) }, ...rest];
  return list;
}

/** An order with every item of the patch; one in two contradicts that of the patch. */
function orderOf(random: SeededRandom, items: readonly Json[]): Json[] {
  const all = [...new Set([...items.map(({ ip }) => ip), '10.0.0.3', '10.0.0.1'])].map((ip) => ({ ip }));
  return random.chance(0.5) ? all.toReversed() : all;
}
