import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A process in a root, a process tree and mounts of its own: all that a build needs of a container. */
export interface RootedProcess {
  readonly root: string;
  /** Program on this machine that runs as `/kaniko/executor`. */
  readonly executor: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files of the root, by absolute path. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Room for the unpacked context, in bytes. @default that of the machine */
  readonly contextSpaceBytes: number | undefined;
  readonly signal: AbortSignal;
}

const devices = ['null', 'zero', 'random', 'urandom'];

// Mounts end with the process, so there is no way back to care for.
const script = `
set -e
mount -t proc proc "$ROOT/proc"
for device in ${devices.join(' ')}; do mount --bind "/dev/$device" "$ROOT/dev/$device"; done
mount --bind "$EXECUTOR" "$ROOT/kaniko/executor"
if [ -n "$SPACE" ]; then mount -t tmpfs -o "size=$SPACE" context "$ROOT/kaniko/buildcontext"; fi
exec unshare --root="$ROOT" --wd=/workspace /kaniko/executor "$@"`;

/** Starts the executor with pipes for its streams. */
export async function startInRoot(run: RootedProcess): Promise<ChildProcessWithoutNullStreams> {
  const { root } = run;
  const folders = [
    'kaniko/ssl/certs',
    'kaniko/.docker',
    'kaniko/buildcontext',
    'workspace',
    'proc',
    'dev',
    'tmp',
  ];
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  const files = {
    '/kaniko/executor': '',
    '/etc/nsswitch.conf': 'hosts: files\n',
    '/etc/hosts': '127.0.0.1 localhost\n',
    ...Object.fromEntries(devices.map((device) => [`/dev/${device}`, ''])),
    ...run.files,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  const namespaces = ['--mount', '--pid', '--fork', '--uts', '--ipc', '--kill-child'];
  if (process.getuid?.() !== 0) namespaces.push('--map-root-user');
  return spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', ...run.args], {
    env: {
      HOME: '/root',
      USER: 'root',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/kaniko',
      SSL_CERT_DIR: '/kaniko/ssl/certs',
      DOCKER_CONFIG: '/kaniko/.docker/',
      ...run.env,
      ROOT: root,
      EXECUTOR: run.executor,
      SPACE: run.contextSpaceBytes === undefined ? '' : String(run.contextSpaceBytes),
    },
    stdio: 'pipe',
    signal: run.signal,
    killSignal: 'SIGKILL',
  });
}
