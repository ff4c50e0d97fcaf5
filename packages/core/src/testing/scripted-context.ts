import type { ContextSource, ContextStore, PreparedContext } from '@kanikit/spec';
import type { Environment } from '../environment.ts';
import type { ScriptedCluster } from './scripted-cluster.ts';

const dockerfileText = 'FROM alpine\nRUN make\nCOPY . /app\n';

/** A source of small contexts; `packError` breaks the packing half-way. */
export function createScriptedSource(options: { readonly packError?: Error } = {}): ContextSource {
  return {
    specVersion: 1,
    kind: 'scripted',
    accepts: (reference) => !reference.includes('://'),
    open: async () =>
      ({
        kind: 'archive',
        dockerfile: 'Dockerfile',
        dockerfileText,
        warnings: [],
        pack: async function* pack({ onProgress }) {
          yield Buffer.from('first ');
          if (options.packError !== undefined) throw options.packError;
          yield Buffer.from('second');
          onProgress?.({ files: 2, bytes: 12, archiveBytes: 12 });
        },
      }) satisfies PreparedContext,
  };
}

/** A bucket in memory. */
export function createScriptedStore(
  options: { readonly uploadError?: Error; readonly checkError?: Error } = {},
): ContextStore & {
  readonly objects: ReadonlySet<string>;
} {
  const objects = new Set<string>();
  return {
    specVersion: 1,
    kind: 'scripted',
    description: 's3://bucket',
    objects,
    check: async () => {
      if (options.checkError !== undefined) throw options.checkError;
    },
    upload: async (archive, { buildId }) => {
      for await (const _chunk of archive) if (options.uploadError !== undefined) throw options.uploadError;
      objects.add(buildId);
      return {
        location: `s3://bucket/${buildId}`,
        digest: `sha256:${'a'.repeat(64)}`,
        sizeBytes: 12,
        isReused: false,
        delivery: {
          context: `https://bucket.invalid/${buildId}?signature=secret`,
          isSecret: true,
          args: [],
          env: {},
          secretEnv: {},
        },
        remove: async () => void objects.delete(buildId),
      };
    },
  };
}

/** An environment with nothing real in it; ids count up. */
export function createScriptedEnvironment(
  cluster: ScriptedCluster,
  overrides: Partial<Environment> = {},
): Environment {
  let count = 0;
  return {
    cluster,
    sources: [createScriptedSource()],
    store: undefined,
    loadDockerConfig: async () => undefined,
    clientEnv: {},
    workingDirectory: '/home/user',
    logFolder: undefined,
    concurrency: 4,
    defaultExecutor: undefined,
    insecureRegistries: [],
    isSimulated: false,
    now: () => 1_700_000_000_000,
    randomHex: (length) => String((count += 1)).padStart(length, '0'),
    ...overrides,
  };
}
