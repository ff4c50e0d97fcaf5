import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { acquireExecutor } from '@kanikit/sandbox';
import type { ContextDelivery } from '@kanikit/spec';
import { startInRoot } from './executor-root.ts';
import { type ImageEntry, readImageEntries } from './image-entries.ts';

export type ExecutorVersion = '1.24.0' | '1.9.2';

/** One build without a cluster: what a pod would be given. */
export interface ExecutorBuild {
  /** @default 1.24.0 */
  readonly version?: ExecutorVersion;
  readonly delivery: ContextDelivery | ArchiveOnStdin;
  /** Value of `--dockerfile`. */
  readonly dockerfile: string;
  /** A Dockerfile that travels as a file of the pod: `dockerfile` is not used then. */
  readonly dockerfileContents?: Uint8Array | undefined;
  /** What the pod would read from secrets that exist in the cluster, by variable. */
  readonly secretValues?: Readonly<Record<string, string>>;
  /** Room for the unpacked context, in bytes. @default that of the machine */
  readonly contextSpaceBytes?: number;
  readonly signal: AbortSignal;
}

export interface ArchiveOnStdin {
  readonly archive: AsyncIterable<Uint8Array>;
  /** True closes standard input behind the archive. A pod's stays open, so the executor must know the end by itself. @default false */
  readonly isClosedBehind?: boolean;
  /** Folder inside of the archive that is the context. */
  readonly subPath?: string | undefined;
}

export type ExecutorOutcome =
  | { readonly isBuilt: true; readonly image: readonly ImageEntry[]; readonly log: string }
  | { readonly isBuilt: false; readonly exitCode: number | null; readonly log: string };

/** Lets the real executor fetch a context and build from it, in a root of its own that goes when it ends. */
export async function fetchWithExecutor(build: ExecutorBuild): Promise<ExecutorOutcome> {
  const { version = '1.24.0', signal } = build;
  const executor = await findExecutor(version);
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-executor-'));
  try {
    const root = join(folder, 'root');
    const archive = 'archive' in build.delivery ? build.delivery : undefined;
    const delivery = 'archive' in build.delivery ? stdinDelivery(build.delivery) : build.delivery;
    const child = await startInRoot({
      root,
      executor,
      args: argumentsOf(build, delivery),
      env: { ...delivery.env, ...delivery.secretEnv, ...existingSecrets(build, delivery) },
      files: filesOf(build, delivery),
      contextSpaceBytes: build.contextSpaceBytes,
      signal,
    });
    const exit = once(child, 'close') as Promise<[number | null]>;
    const logs = Promise.all([text(child.stdout), text(child.stderr)]);
    // An executor that ends early reads no more.
    child.stdin.on('error', () => undefined);
    if (archive === undefined) child.stdin.end();
    else await feed(child.stdin, archive);
    const [[exitCode], [stdout, stderr]] = await Promise.all([exit, logs]);
    const log = `${stdout}${stderr}`.replace(usage, '');
    if (exitCode !== 0) return { isBuilt: false, exitCode, log };
    return { isBuilt: true, image: await readImageEntries(join(root, 'kaniko/image.tar')), log };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Looked at once per process, since each look reads the whole program. */
const executors = new Map<ExecutorVersion, Promise<string>>();

function findExecutor(version: ExecutorVersion): Promise<string> {
  const { signal } = new AbortController();
  const found =
    executors.get(version) ??
    acquireExecutor({ distribution: 'google', version, signal }).then(({ path }) => path);
  executors.set(version, found);
  return found;
}

function stdinDelivery({ subPath }: ArchiveOnStdin): ContextDelivery {
  const args = subPath === undefined ? [] : [`--context-sub-path=${subPath}`];
  return { context: 'tar://stdin', isSecret: false, args, env: {}, secretEnv: {} };
}
/** Seventy lines that the executor prints behind an error. */
const usage = /^Usage:\n[^]*?^Use "executor .*\n/m;
const apartDockerfile = '/kaniko/kanikit/Dockerfile';

function argumentsOf(build: ExecutorBuild, delivery: ContextDelivery): readonly string[] {
  return [
    `--context=${delivery.context}`,
    `--dockerfile=${build.dockerfileContents === undefined ? build.dockerfile : apartDockerfile}`,
    ...delivery.args,
    '--force',
    '--log-format=text',
    '--no-push',
    '--destination=example.com/image',
    '--tar-path=/kaniko/image.tar',
  ];
}

function existingSecrets(build: ExecutorBuild, delivery: ContextDelivery): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, key] of Object.entries(delivery.envFromSecrets ?? {})) {
    const value = build.secretValues?.[name];
    if (value !== undefined) values[name] = value;
    else if (key.isOptional !== true) throw new Error(`the test gives no value for ${name} from a secret`);
  }
  return values;
}

function filesOf(build: ExecutorBuild, delivery: ContextDelivery): Record<string, string | Uint8Array> {
  const { certificateAuthorities, secretFiles } = delivery;
  return {
    ...secretFiles,
    ...(certificateAuthorities !== undefined && {
      '/kaniko/ssl/certs/context-ca.pem': certificateAuthorities,
    }),
    ...(build.dockerfileContents !== undefined && { [apartDockerfile]: build.dockerfileContents }),
  };
}

async function feed(stdin: Writable, { archive, isClosedBehind }: ArchiveOnStdin): Promise<void> {
  const closed = once(stdin, 'close');
  for await (const chunk of archive) {
    if (stdin.destroyed) return;
    if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain'), closed]).catch(() => undefined);
  }
  if (isClosedBehind === true) stdin.end();
}
