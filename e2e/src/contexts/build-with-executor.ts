import { spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ArchiveContext } from '@kanikit/spec';
import { list, type ReadEntry } from 'tar';
import { findExecutor } from './executor-program.ts';

export interface ExecutorRun {
  /** An empty folder to build in. */
  readonly folder: string;
  readonly context: ArchiveContext;
  /** Value of `--context`; `tar://stdin` is fed with the packed context. @default tar://stdin */
  readonly from?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** An entry of the image: path, type, permissions. */
export interface ImageEntry {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
}

// A root, a process tree and mounts of its own: enough for a build, and the way back is not of interest here.
const script = `
set -e
mount -t proc proc "$ROOT/proc"
for device in null zero random urandom; do mount --bind "/dev/$device" "$ROOT/dev/$device"; done
cd "$ROOT"
exec chroot "$ROOT" /kaniko/executor "$@"`;

/** Builds with the real executor; answers with what is in the image's layers, in the order of their names. */
export async function buildWithExecutor(run: ExecutorRun): Promise<readonly ImageEntry[]> {
  const root = join(run.folder, 'root');
  await makeRoot(root, await findExecutor(run.signal));
  const from = run.from ?? 'tar://stdin';
  const namespaces = ['--mount', '--pid', '--fork', '--uts', '--ipc', '--kill-child'];
  if (process.getuid?.() !== 0) namespaces.push('--map-root-user');
  const argumentsOfExecutor = [
    `--context=${from}`,
    `--dockerfile=${run.context.dockerfile}`,
    '--force',
    '--log-format=text',
    '--no-push',
    '--destination=example.com/image',
    '--tar-path=/kaniko/image.tar',
  ];
  const child = spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', ...argumentsOfExecutor], {
    env: { ...executorEnvironment, ...run.env, ROOT: root },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log = Promise.all([text(child.stdout), text(child.stderr)]);
  const exit = new Promise<number | null>((resolve) => void child.on('close', resolve));
  // Standard input stays open: the executor must know the end of the archive by itself.
  child.stdin.on('error', () => {});
  if (from === 'tar://stdin') {
    for await (const chunk of run.context.pack({}, { signal: run.signal, now: Date.now }))
      child.stdin.write(chunk);
  }
  const code = await exit;
  if (code !== 0) throw new Error(`the executor ended with ${code}:\n${(await log).join('\n')}`);
  return await readLayers(join(root, 'kaniko/image.tar'));
}

const executorEnvironment = {
  HOME: '/root',
  USER: 'root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/kaniko',
  SSL_CERT_DIR: '/kaniko/ssl/certs',
  DOCKER_CONFIG: '/kaniko/.docker/',
};

async function makeRoot(root: string, executor: string): Promise<void> {
  for (const folder of ['kaniko/ssl/certs', 'kaniko/.docker', 'workspace', 'proc', 'dev', 'etc']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await copyFile(executor, join(root, 'kaniko/executor'));
  await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files\n');
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  for (const device of ['null', 'zero', 'random', 'urandom']) await writeFile(join(root, 'dev', device), '');
}

async function readLayers(image: string): Promise<readonly ImageEntry[]> {
  const layers: Buffer[][] = [];
  await eachEntry(image, (entry) => {
    if (!entry.path.endsWith('.tar.gz')) {
      entry.resume();
      return;
    }
    const chunks: Buffer[] = [];
    layers.push(chunks);
    entry.on('data', (chunk) => chunks.push(chunk));
  });
  const entries = new Map<string, ImageEntry>();
  for (const chunks of layers) {
    const file = `${image}.layer.tar.gz`;
    await writeFile(file, Buffer.concat(chunks));
    await eachEntry(file, (entry) => {
      const path = entry.path.replace(/^\/|\/$/g, '');
      if (path !== '') entries.set(path, { path, type: entry.type, mode: entry.mode ?? 0 });
      entry.resume();
    });
  }
  return [...entries.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

async function eachEntry(file: string, onReadEntry: (entry: ReadEntry) => void): Promise<void> {
  await list({ file, strict: true, onReadEntry });
}
