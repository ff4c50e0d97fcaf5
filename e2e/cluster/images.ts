import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '@kanikit/sandbox';
import { create } from 'tar';
import { registry } from './layout.ts';
import { type ClusterPrograms, executorVersions } from './programs.ts';
import { run } from './run.ts';

/** Images of the cluster's registry. */
export interface ClusterImages {
  /** A shell and basic tools: this machine's own. */
  readonly base: string;
  /** Plays what a test asks for. */
  readonly workload: string;
  /** By the name that users write; the nodes find it in the cluster's registry. */
  readonly executor: (version: string) => string;
  /** An executor whose container stays after its success. */
  readonly lingering: string;
}

export const images: ClusterImages = {
  base: `${registry}/library/base:latest`,
  workload: `${registry}/workload:1`,
  executor: (version) => `gcr.io/kaniko-project/executor:v${version}`,
  lingering: `${registry}/lingering-executor:1`,
};

/** Fills the registry. What is there already is pushed again, which costs next to nothing. */
export async function pushImages(programs: ClusterPrograms): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-images-'));
  try {
    await pushProgram(programs, folder, 'pause:1', programs.workload, '/workload', ['pause']);
    await pushProgram(programs, folder, 'workload:1', programs.workload, '/workload', []);
    for (const version of executorVersions) await pushExecutor(programs, folder, version);
    await pushLingering(programs, folder);
    await copyBaseImage(programs, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An image of one static program. */
async function pushProgram(
  programs: ClusterPrograms,
  folder: string,
  name: string,
  program: string,
  path: string,
  args: readonly string[],
): Promise<void> {
  const root = join(folder, name.replace(':', '-'));
  await mkdir(root);
  await copyFile(program, join(root, path));
  await push(programs.crane, folder, root, name, ['--entrypoint', [path, ...args].join(',')]);
}

/** The executor with what its own image has around it (kaniko's `deploy/Dockerfile`): certificates, folders, environment. */
async function pushExecutor(
  programs: ClusterPrograms,
  folder: string,
  version: (typeof executorVersions)[number],
): Promise<void> {
  const root = join(folder, `executor-${version}`);
  const kaniko = join(root, 'kaniko');
  await mkdir(join(kaniko, '.docker'), { recursive: true });
  await mkdir(join(kaniko, 'ssl', 'certs'), { recursive: true });
  await mkdir(join(root, 'workspace'));
  await mkdir(join(root, 'etc'));
  await copyFile(programs.executors[version], join(kaniko, 'executor'));
  await cp('/etc/ssl/certs/ca-certificates.crt', join(kaniko, 'ssl', 'certs', 'ca-certificates.crt'));
  await writeFile(join(root, 'etc', 'nsswitch.conf'), 'hosts: files dns\n');
  const env = {
    HOME: '/root',
    USER: 'root',
    PATH: '/usr/local/bin:/kaniko',
    SSL_CERT_DIR: '/kaniko/ssl/certs',
    DOCKER_CONFIG: '/kaniko/.docker/',
  };
  await push(programs.crane, folder, root, `kaniko-project/executor:v${version}`, [
    '--entrypoint',
    '/kaniko/executor',
    '--workdir',
    '/workspace',
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
  ]);
}

/** Another program around the executor, which stays when the executor has gone. */
async function pushLingering({ crane, workload }: ClusterPrograms, folder: string): Promise<void> {
  const root = join(folder, 'lingering');
  await mkdir(join(root, 'kaniko'), { recursive: true });
  await copyFile(workload, join(root, 'kaniko', 'workload'));
  const base = `${registry}/kaniko-project/executor:v${executorVersions[0]}`;
  await push(
    crane,
    folder,
    root,
    'lingering-executor:1',
    ['--entrypoint', '/kaniko/workload,linger,/kaniko/executor'],
    ['--base', base],
  );
}

async function push(
  crane: string,
  folder: string,
  root: string,
  name: string,
  config: readonly string[],
  base: readonly string[] = ['--oci-empty-base'],
): Promise<void> {
  const layer = join(folder, 'layer.tar');
  const reference = `${registry}/${name}`;
  await create({ file: layer, cwd: root, portable: true, noMtime: true }, ['.']);
  await run(crane, 'append', '--insecure', ...base, '--new_layer', layer, '--new_tag', reference);
  await run(
    crane,
    'mutate',
    '--insecure',
    reference,
    '--tag',
    reference,
    '--set-platform',
    platform(),
    ...config,
  );
}

function platform(): string {
  return `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

/** The sandbox knows how to make a base image of this machine's tools. */
async function copyBaseImage({ crane }: ClusterPrograms, folder: string): Promise<void> {
  const sandbox = await startSandbox({
    folder: join(folder, 'sandbox'),
    ports: { api: 0, registry: 0, bucket: 0, bucketHttp: 0 },
  });
  try {
    const { baseImage, dockerConfig } = sandbox.description;
    if (baseImage === undefined) throw new Error('the sandbox made no base image');
    // Its registry wants a password, the cluster's none.
    await run('env', `DOCKER_CONFIG=${dockerConfig}`, crane, 'copy', '--insecure', baseImage, images.base);
  } finally {
    await sandbox.close();
  }
}
