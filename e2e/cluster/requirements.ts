import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../src/parts/run-program.ts';

/** Programs of the machine that the cluster is made of, with the Debian package of each. */
const programs: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  conntrack: 'conntrack',
  ip: 'iproute2',
  openssl: 'openssl',
};
const networkPlugin = { folder: '/usr/lib/cni', package: 'containernetworking-plugins' };
const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/bin', '/usr/local/sbin'];

/** Why this machine can't run the cluster, in words; undefined when it can (perhaps after `installMissing`). */
export async function findObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `it runs on Linux only, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'it needs root: containers, mounts and a network bridge';
  const missing = await missingPackages();
  if (missing.length === 0) return undefined;
  if ((await find('apt-get')) !== undefined) return undefined;
  return `${missing.join(', ')} are missing, and only Debian's apt-get can install them here`;
}

/** Installs what is missing from Debian. Throws with its words. */
export async function installMissing(say: (line: string) => void): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  say(`installing ${missing.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  let words = '';
  // The lists of a fresh machine may be old or absent; asking for them costs seconds, so only when it did not work without.
  for (const step of [[], ['update']]) {
    if (step.length > 0) await runProgram('apt-get', ['-q', ...step], { env });
    const result = await runProgram(
      'apt-get',
      ['-q', '-y', '--no-install-recommends', 'install', ...missing],
      { env },
    );
    // A service that an installed package starts is no use here, and where there is no systemd it can't start.
    if ((await missingPackages()).length === 0) return;
    words = `${result.stdout}${result.stderr}`;
  }
  throw new Error(`apt-get could not install ${missing.join(', ')}:\n${words.slice(-2000)}`);
}

async function missingPackages(): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(programs).map(async ([program, name]) =>
      (await find(program)) === undefined ? [name] : [],
    ),
  );
  const hasPlugins = await exists(join(networkPlugin.folder, 'bridge'));
  return [...new Set([...found.flat(), ...(hasPlugins ? [] : [networkPlugin.package])])];
}

async function find(program: string): Promise<string | undefined> {
  for (const folder of folders) if (await exists(join(folder, program))) return join(folder, program);
  return undefined;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
