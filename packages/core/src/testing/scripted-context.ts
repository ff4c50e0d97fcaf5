import type {
  ArchivePart,
  ArchiveSummary,
  ContextSource,
  ContextStore,
  DeliveryAbilities,
  PackedArchive,
  PackOptions,
  PreparedContext,
  RunContext,
  UploadOptions,
} from '@kanikit/spec';
import type { Environment } from '../model/environment.ts';
import { createAdmission } from '../queue/admission.ts';
import type { ScriptedCluster } from './scripted-cluster.ts';

const dockerfileText = 'FROM alpine\nRUN make\nCOPY . /app\n';

export interface SourceScript {
  /** @default a Dockerfile with a RUN and a COPY */
  readonly dockerfileText?: string;
  /** Breaks the packing half-way. */
  readonly packError?: Error;
  /** Told by the summary. */
  readonly warnings?: ArchiveSummary['warnings'];
  readonly isDockerfileApart?: boolean;
  readonly onClose?: () => void;
  /** The packing waits for it half-way. */
  readonly gate?: Promise<void>;
  /** Only this reference waits for the gate. @default all */
  readonly gated?: string;
  readonly isReadOnce?: boolean;
  /** Digests of the archive, one for each packing. */
  readonly digests?: readonly string[];
}

const open = Promise.resolve();

/** A source of small contexts: those with the same reference share. */
export function createScriptedSource(script: SourceScript = {}): ContextSource {
  const digests = [...(script.digests ?? [])];
  return {
    specVersion: 1,
    kind: 'scripted',
    accepts: (reference) => !reference.includes('://'),
    open: async ({ reference }) =>
      ({
        kind: 'archive',
        dockerfileText: script.dockerfileText ?? dockerfileText,
        warnings: [],
        shareKey: reference,
        isDockerfileApart: script.isDockerfileApart ?? false,
        isReadOnce: script.isReadOnce,
        pack: (options, run) =>
          packScripted(
            script.gated === undefined || script.gated === reference ? script : { ...script, gate: open },
            options,
            digests.shift() ?? scriptedDigest,
            run,
          ),
        close: async () => script.onClose?.(),
      }) satisfies PreparedContext,
  };
}

function packScripted(
  script: SourceScript,
  options: PackOptions,
  digest: string,
  { signal }: RunContext,
): PackedArchive {
  const { sharedWith = [], seal = 'd1gest', onProgress } = options;
  const dockerfiles = ['main', ...sharedWith].map(
    (_context, index) => `.kanikit.${seal}.${index}.Dockerfile`,
  );
  const summary = Promise.withResolvers<ArchiveSummary>();
  summary.promise.catch(() => undefined);
  async function* parts(): AsyncGenerator<ArchivePart> {
    try {
      yield partOf('first ');
      await Promise.race([script.gate, aborted(signal)]);
      signal.throwIfAborted();
      if (script.packError !== undefined) throw script.packError;
      yield partOf('second');
      onProgress?.({ files: 2, bytes: 12, archiveBytes: 12 });
      summary.resolve({ digest, sizeBytes: 12, dockerfiles, warnings: script.warnings });
    } catch (error) {
      summary.reject(error);
      throw error;
    }
  }
  return {
    known: async () => undefined,
    dockerfiles: Promise.resolve(dockerfiles),
    parts: parts(),
    summary: summary.promise,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const scriptedDigest = `sha256:${'a'.repeat(64)}`;

function partOf(text: string): ArchivePart {
  return { digest: `sha256:${text}`, sizeBytes: text.length, read: async () => Buffer.from(text) };
}

export interface StoreScript {
  readonly uploadError?: Error;
  /** Uploads that fail; all where it is not given. */
  readonly failingUploads?: number;
  readonly checkError?: Error;
  readonly abilities?: DeliveryAbilities;
}

/** A bucket in memory. */
export function createScriptedStore(
  script: StoreScript = {},
): ContextStore & { readonly objects: ReadonlySet<string>; readonly uploads: readonly UploadOptions[] } {
  const objects = new Set<string>();
  const uploads: UploadOptions[] = [];
  let renewals = 0;
  return {
    specVersion: 1,
    kind: 'scripted',
    description: 's3://bucket',
    objects,
    uploads,
    check: async () => {
      if (script.checkError !== undefined) throw script.checkError;
    },
    deliveries: async () => script.abilities ?? { possible: ['signed-url'], reasons: {} },
    upload: async (archive, options) => {
      uploads.push(options);
      for await (const part of archive.parts) {
        await part.read();
        const isFailing = uploads.length <= (script.failingUploads ?? Number.POSITIVE_INFINITY);
        if (script.uploadError !== undefined && isFailing) throw script.uploadError;
      }
      const { digest, sizeBytes, dockerfiles } = await archive.summary;
      const key = options.buildIds.join('+');
      objects.add(key);
      return {
        location: `s3://bucket/${key}`,
        digest,
        sizeBytes,
        sentBytes: sizeBytes,
        dockerfiles,
        isKept: options.keepMs !== undefined,
        delivery: {
          context: `https://bucket.invalid/${key}?signature=secret`,
          isSecret: true,
          args: [],
          env: {},
          secretEnv: {},
        },
        renew: async () => ({
          context: `https://bucket.invalid/${key}?signature=secret-${(renewals += 1)}`,
          isSecret: true,
          args: [],
          env: {},
          secretEnv: {},
        }),
        remove: async () => {
          if (options.keepMs === undefined) objects.delete(key);
        },
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
    admission: createAdmission({ concurrency: 4 }, cluster),
    retryDelayMs: 1,
    defaultExecutor: undefined,
    insecureRegistries: [],
    isSimulated: false,
    now: () => 1_700_000_000_000,
    steadyNow: () => 1_700_000_000_000,
    randomHex: (length) => String((count += 1)).padStart(length, '0'),
    ...overrides,
  };
}
