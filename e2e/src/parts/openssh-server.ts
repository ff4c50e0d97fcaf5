import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';
import { withLock } from './with-lock.ts';

export interface SshdProgram {
  readonly path: string;
  /** Where its libraries are, besides the system's own places. */
  readonly libraries: string | undefined;
}

const installed = '/usr/sbin/sshd';
const packages = ['openssh-server', 'libwrap0'];

/** The machine's own sshd, or that of Debian, unpacked into the user's cache folder: nothing is installed. */
export async function findSshd(signal: AbortSignal): Promise<SshdProgram> {
  if (await exists(installed)) return { path: installed, libraries: undefined };
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kanikit', 'parts');
  const folder = join(cache, 'openssh-server');
  const libraryFolders = ['usr/lib', `usr/lib/${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu`];
  const program = {
    path: join(folder, 'usr/sbin/sshd'),
    libraries: libraryFolders.map((name) => join(folder, name)).join(':'),
  };
  if (await exists(program.path)) return program;
  await mkdir(cache, { recursive: true });
  await withLock(join(cache, 'openssh-server.lock'), signal, async () => {
    if (!(await exists(program.path))) await unpack(cache, folder);
  });
  return program;
}

async function unpack(cache: string, folder: string): Promise<void> {
  const work = await mkdtemp(join(cache, 'openssh-server-'));
  try {
    const made = join(work, 'root');
    await runOrThrow('apt-get', ['download', '--quiet', ...packages], work);
    for (const file of await readdir(work)) {
      if (file.endsWith('.deb')) await runOrThrow('dpkg', ['-x', file, made], work);
    }
    await rename(made, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function runOrThrow(file: string, args: readonly string[], cwd: string): Promise<void> {
  const { exitCode, stderr } = await runProgram(file, args, { cwd });
  if (exitCode === 0) return;
  throw new Error(
    `getting sshd for the tests with ${file} failed: ${stderr}\nInstall openssh-server, or run apt-get update.`,
  );
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
