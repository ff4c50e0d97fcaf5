import type {
  ArchiveSummary,
  ContextDelivery,
  RemoteContext,
  ArchiveContext,
  Cluster,
  ClusterBuilds,
  ClusterPod,
  ContextSource,
  ContextStore,
  CredentialSource,
  FoundBuild,
  PackedArchive,
} from '@kanikit/spec';
import { idleCluster } from '../check/idle-cluster.test.helper.ts';

async function* streamOf<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const dockerfiles: readonly string[] = ['Dockerfile'];

const summary: ArchiveSummary = {
  digest: 'sha256:1',
  sizeBytes: 1,
  dockerfiles,
  warnings: [{ code: 'a', message: 'b' }],
};
export const delivery: ContextDelivery = {
  context: 's3://b/k',
  isSecret: false,
  args: [],
  env: { A: 'b' },
  secretEnv: {},
};

export const archive: PackedArchive = {
  known: async () => summary,
  dockerfiles: Promise.resolve(summary.dockerfiles),
  get parts() {
    return streamOf({ digest: 'sha256:1', sizeBytes: 1, read: async () => new Uint8Array([1]) });
  },
  summary: Promise.resolve(summary),
};

export const context: ArchiveContext = {
  kind: 'archive',
  dockerfileText: 'FROM scratch',
  warnings: [{ code: 'disk-old', message: 'The disk is old.' }],
  shareKey: undefined,
  isDockerfileApart: false,
  pack: () => archive,
  list: () => streamOf({ path: 'Dockerfile', type: 'file' as const, sizeBytes: 1 }),
  close: async () => undefined,
};

export const remote: RemoteContext = {
  kind: 'remote',
  dockerfileText: undefined,
  warnings: [],
  dockerfile: 'Dockerfile',
  delivery,
  renew: async () => delivery,
};

export const source: ContextSource = {
  specVersion: 1,
  kind: 'disk',
  accepts: () => true,
  open: async () => context,
};

const stored = {
  location: 'a shelf',
  digest: 'sha256:1',
  sizeBytes: 1,
  sentBytes: 1,
  dockerfiles,
  delivery,
  renew: async () => delivery,
  isKept: false,
  remove: async () => undefined,
};

export const store: ContextStore = {
  specVersion: 1,
  kind: 'shelf',
  description: 'a shelf',
  check: async () => undefined,
  deliveries: async () => ({ possible: ['bucket-url'], reasons: { 'signed-url': 'it signs nothing' } }),
  upload: async () => stored,
  prune: async () => [{ location: 'a shelf', sizeBytes: 1, reason: 'old' }],
};

const password = { kind: 'password', username: 'me', password: 'x-secret' } as const;
export const credentials: CredentialSource & Required<Pick<CredentialSource, 'locate'>> = {
  specVersion: 1,
  resolve: async () => password,
  locate: async () => ({ credential: password, origin: 'a wallet' }),
};

const pod: ClusterPod = {
  namespace: 'default',
  name: 'kaniko',
  get observations() {
    return streamOf(
      { type: 'pending' as const, reason: 'Unschedulable', message: 'no node' },
      { type: 'running' as const, node: 'a', startedAt: 1 },
      {
        type: 'ended' as const,
        cause: 'completed' as const,
        exitCode: 0,
        reason: undefined,
        message: undefined,
        terminationMessage: undefined,
        startedAt: 1,
        finishedAt: 2,
      },
    );
  },
  get log() {
    return streamOf({ bytes: new Uint8Array([10]), timeMs: 1 });
  },
  sendStdin: async () => undefined,
  provide: async () => undefined,
  remove: async () => undefined,
  keep: async () => undefined,
  leave: () => undefined,
};

export const found: FoundBuild = {
  runId: 'r',
  buildId: 'b',
  namespace: 'default',
  pod: 'kaniko',
  podUid: 'u',
  job: undefined,
  about: undefined,
  image: 'kaniko',
  args: ['--context=x'],
  node: undefined,
  phase: { state: 'running' },
  createdAt: 1,
  startedAt: 1,
  endedAt: undefined,
  deadlineAt: undefined,
  ownership: 'alive',
  owner: undefined,
  heardAt: 1,
  keepUntil: undefined,
  cancelled: undefined,
  secrets: ['s'],
};

const remnant = {
  kind: 'pod' as const,
  namespace: 'default',
  name: 'kaniko',
  uid: 'u',
  runId: 'r',
  buildId: 'b',
  reason: 'old',
};

const builds: ClusterBuilds = {
  find: async () => ({ builds: [found], problems: [] }),
  inspect: async () => ({ conditions: [], events: [] }),
  readLog: () => streamOf({ bytes: new Uint8Array([10]), timeMs: 1 }),
  adopt: () => pod,
  cancel: async () => true,
  findRemnants: async () => ({ remnants: [remnant], neededRuns: ['r'], problems: [] }),
  removeRemnant: async () => undefined,
};

export const cluster: Cluster = {
  ...idleCluster,
  manifests: () => [{ apiVersion: 'v1', kind: 'Pod' }],
  check: async () => [{ code: 'disk-full', message: 'It is full.', hint: undefined }],
  launch: async () => pod,
  whenRoom: async () => true,
  examine: async () => [{ check: 'disk', status: 'ok', title: 'disk', message: 'fine' }],
  builds,
};
