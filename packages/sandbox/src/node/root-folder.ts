import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KanikitError } from '@kanikit/spec';
import type { ExecutorProgram } from '../executor/executor-program.ts';
import type { ContainerPlan } from './container-plan.ts';
import type { PodFolder } from './pod-folder.ts';
import { hostsFile, resolverFile } from './pod-network-files.ts';
import type { PlannedMount } from './setup-script.ts';
import type { PreparedVolume } from './volumes.ts';

/** Certificate bundles of the usual distributions, in the order Go looks. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/ssl/cert.pem',
];

/** What the executor image holds, and the folders a container runtime adds. */
const imageFolders = [
  'kaniko/.docker',
  'kaniko/ssl/certs',
  'workspace',
  'proc',
  'sys',
  'dev',
  'etc',
  '.kanikit',
];

export interface RootInput {
  readonly folder: PodFolder;
  readonly plan: ContainerPlan;
  readonly program: ExecutorProgram;
  /** Certificates to trust besides the machine's (PEM). */
  readonly certificates: string;
  readonly volumes: ReadonlyMap<string, PreparedVolume>;
}

/** Makes a fresh root as the executor image has it. The program is a copy: no build can reach the kept one. Returns the mounts it needs. */
export async function makeRoot(input: RootInput): Promise<readonly PlannedMount[]> {
  const { root, etc } = input.folder;
  for (const path of imageFolders) await mkdir(join(root, path), { recursive: true });
  await chmod(join(root, 'kaniko'), 0o777);
  for (const file of input.program.files) {
    // A program that the user gave may have any name.
    const name = file === input.program.path ? 'executor' : basename(file);
    const target = join(root, 'kaniko', name);
    await copyFile(file, target, constants.COPYFILE_FICLONE);
    await chmod(target, 0o755);
  }
  await writeFile(
    join(root, 'kaniko/ssl/certs/ca-certificates.crt'),
    (await machineCertificates()) + input.certificates,
  );
  await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  await mkdir(etc, { recursive: true });
  const { hostname, network } = input.plan;
  const hosts = await readFile('/etc/hosts', 'utf8').catch(() => '127.0.0.1\tlocalhost\n');
  const resolver = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  await writeFile(join(etc, 'hosts'), hostsFile(hosts, hostname, network));
  await writeFile(join(etc, 'hostname'), `${hostname}\n`);
  await writeFile(join(etc, 'resolv.conf'), resolverFile(resolver, network));
  await writeFile(input.folder.terminationLog, '');
  await chmod(input.folder.terminationLog, 0o666);
  // A working directory that the image lacks is made by the container runtime.
  await mkdir(join(root, input.plan.workingDir), { recursive: true });
  const mounts = [...systemMounts(input), ...(await volumeMounts(input))];
  for (const { target } of mounts) requireMountable(target);
  return mounts;
}

function systemMounts({ folder, plan }: RootInput): readonly PlannedMount[] {
  const file = (source: string, target: string): PlannedMount => ({
    source,
    target,
    kind: 'file',
    readOnly: false,
  });
  return [
    file(join(folder.etc, 'hosts'), '/etc/hosts'),
    file(join(folder.etc, 'hostname'), '/etc/hostname'),
    file(join(folder.etc, 'resolv.conf'), '/etc/resolv.conf'),
    file(folder.terminationLog, plan.terminationMessagePath),
  ];
}

async function volumeMounts({ plan, volumes }: RootInput): Promise<readonly PlannedMount[]> {
  const mounts: PlannedMount[] = [];
  for (const mount of plan.mounts) {
    const volume = volumes.get(mount.name);
    if (volume === undefined) continue;
    const readOnly = volume.readOnly || mount.readOnly === true;
    if (volume.memorySizeBytes !== undefined) {
      const sizeBytes = volume.memorySizeBytes;
      mounts.push({ source: 'tmpfs', target: mount.mountPath, kind: 'memory', readOnly, sizeBytes });
      continue;
    }
    const source = join(volume.folder, mount.subPath ?? '');
    if (mount.subPath !== undefined && !volume.readOnly) await mkdir(source, { recursive: true });
    await requireInside(source, volume.folder, mount.name);
    mounts.push({ source, target: mount.mountPath, kind: await kindOf(source), readOnly });
  }
  return mounts;
}

/** As runc refuses it: what is mounted there would take the place of what keeps the container in. */
function requireMountable(target: string): void {
  if (target !== '/' && target !== '/proc' && !target.startsWith('/proc/')) return;
  throw new KanikitError({
    code: 'container-start',
    message: `error mounting to rootfs at "${target}": "${target}" cannot be mounted because it is inside ${target === '/' ? '/' : '/proc'}`,
  });
}

/** Links count, too: what is mounted lies in its volume. Throws `container-start` in the kubelet's words. */
async function requireInside(source: string, folder: string, name: string): Promise<void> {
  const [real, inside] = await Promise.all([realpath(source).catch(() => source), realpath(folder)]);
  if (real === inside || real.startsWith(`${inside}/`)) return;
  throw new KanikitError({
    code: 'container-start',
    message: `failed to prepare subPath for volumeMount "${name}": subpath "${real}" not within volume path "${inside}"`,
  });
}

async function kindOf(path: string): Promise<'folder' | 'file'> {
  return access(`${path}/`).then(
    () => 'folder',
    () => 'file',
  );
}

async function machineCertificates(): Promise<string> {
  for (const file of [process.env['SSL_CERT_FILE'], ...bundles]) {
    if (!file) continue;
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return text.endsWith('\n') ? text : `${text}\n`;
  }
  return '';
}

/** Where a program of the container is in its root, as `exec` would find it; undefined when it is not there. */
export async function findInRoot(
  root: string,
  program: string,
  pathVariable: string,
): Promise<string | undefined> {
  const candidates = program.includes('/')
    ? [program]
    : pathVariable.split(':').map((folder) => `${folder}/${program}`);
  for (const candidate of candidates) {
    const inRoot = join(root, candidate);
    if (!`${dirname(inRoot)}/`.startsWith(root)) continue;
    if (
      await access(inRoot, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  return undefined;
}
