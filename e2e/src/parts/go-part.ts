import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoProgram } from '@kanikit/sandbox/go-program';

import { withLock } from './with-lock.ts';

/** Programs that the tests use, most of them others', each pinned by its folder in `e2e/parts`. */
const packages = {
  crane: 'github.com/google/go-containerregistry/cmd/crane',
  'oci-conformance': 'github.com/opencontainers/distribution-spec/conformance',
  'cluster-oracle': 'github.com/kanikit/kanikit/e2e/parts/cluster-oracle',
  kubectl: 'github.com/kanikit/kanikit/e2e/parts/kubectl',
  'ignore-oracle': 'github.com/kanikit/kanikit/e2e/parts/ignore-oracle',
  'fake-gcs-server': 'github.com/fsouza/fake-gcs-server',
  versitygw: 'github.com/versity/versitygw/cmd/versitygw',
  kubernetes: 'github.com/kanikit/kanikit/e2e/parts/kubernetes',
  registry: 'github.com/distribution/distribution/v3/cmd/registry',
  workload: 'github.com/kanikit/kanikit/e2e/parts/workload',
} as const;

/** Kubernetes reads its version from the linker; without one it says that it is a development build. */
const versions: Partial<Record<GoPart, string>> = {
  kubernetes: ['gitVersion=v1.34.4', 'gitMajor=1', 'gitMinor=34']
    .map((setting) => ` -X k8s.io/component-base/version.${setting}`)
    .join(''),
};

export type GoPart = keyof typeof packages;

/**
 * Path of a program, built the first time it is asked for and kept in the user's cache folder (half a minute each).
 * Two test runs at once build it once. Throws what `buildGoProgram` throws, and the signal's reason.
 */
export async function goPart(name: GoPart, signal: AbortSignal): Promise<string> {
  const moduleFolder = fileURLToPath(new URL(`../../parts/${name}`, import.meta.url));
  const files = (await readdir(moduleFolder)).toSorted();
  const pins = await Promise.all(files.map((file) => readFile(join(moduleFolder, file))));
  const hash = createHash('sha256').update(Buffer.concat(pins)).digest('hex').slice(0, 16);
  const folder = join(cacheFolder(), 'kanikit', 'parts', `${name}-${hash}`);
  const program = join(folder, name);
  if (await exists(program)) return program;
  await mkdir(folder, { recursive: true });
  await withLock(join(folder, 'lock'), signal, async () => {
    // Whoever held the lock before may have built it.
    if (await exists(program)) return;
    await buildGoProgram({
      moduleFolder,
      packagePath: packages[name],
      outputFile: program,
      ldflags: `-s -w${versions[name] ?? ''}`,
      signal,
    });
  });
  return program;
}

function cacheFolder(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  return configured === undefined || configured === '' ? join(homedir(), '.cache') : configured;
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
