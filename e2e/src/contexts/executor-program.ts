import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoProgram } from '@kanikit/sandbox/go-program';

const version = '1.24.0';
const module = 'github.com/GoogleContainerTools/kaniko';
const moduleFolder = fileURLToPath(
  new URL(`../../../packages/sandbox/executor/google-${version}`, import.meta.url),
);

/** The real executor: the user's own, the one the sandbox keeps, or built from its pinned module. */
export async function findExecutor(signal: AbortSignal): Promise<string> {
  const given = process.env['KANIKIT_EXECUTOR'];
  if (given !== undefined && given !== '') return given;
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kanikit');
  const platform = `linux-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const kept = join(cache, 'executors', `google-${version}-${platform}`, 'executor');
  if (await exists(kept)) return kept;
  const built = join(cache, 'parts', `executor-${version}`, 'executor');
  if (await exists(built)) return built;
  await mkdir(dirname(built), { recursive: true });
  await buildGoProgram({
    moduleFolder,
    packagePath: `${module}/cmd/executor`,
    outputFile: built,
    ldflags: `-s -w -X ${module}/pkg/version.version=v${version}`,
    signal,
  });
  return built;
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
