import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, userFolder } from '@kanikit/toolkit/folders';
import { executorPlatform, type ExecutorProgram, type ExecutorRequest } from './executor-program.ts';

/** What is written beside a kept executor. `files` maps names to their SHA-256. */
interface Record_ {
  readonly distribution: string;
  readonly version: string;
  readonly platform: string;
  /** Where it came from: an image with its digest, or a Go module. */
  readonly source: string;
  readonly files: Readonly<Record<string, string>>;
}

const recordName = 'executor.json';

/** kanikit's folder for what can be had again: `$XDG_CACHE_HOME/kanikit`, else `~/.cache/kanikit`. */
function kanikitCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(userFolder('cache', env), 'kanikit');
}

/** The folder in which one executor is kept. */
export function keptFolder(request: ExecutorRequest): string {
  const { os, architecture } = executorPlatform();
  const cache = request.cacheFolder ?? kanikitCacheFolder(request.env);
  return join(cache, 'executors', `${request.distribution}-${request.version}-${os}-${architecture}`);
}

/**
 * The kept executor, its bytes checked against the record; undefined when there is none. One whose bytes differ is removed, and the reason told.
 */
export async function readKeptExecutor(
  request: ExecutorRequest,
): Promise<{ readonly program: ExecutorProgram | undefined; readonly reason: string }> {
  const folder = keptFolder(request);
  const record = await readRecord(folder);
  if (record === undefined) return { program: undefined, reason: `nothing in ${folder}` };
  for (const [name, expected] of Object.entries(record.files)) {
    const actual = await sha256OfFile(join(folder, name)).catch(() => 'missing');
    if (actual === expected) continue;
    await rm(folder, { recursive: true, force: true });
    return { program: undefined, reason: `${join(folder, name)} was altered or lost; it was removed` };
  }
  const program: ExecutorProgram = {
    path: join(folder, 'executor'),
    files: Object.keys(record.files).map((name) => join(folder, name)),
    distribution: request.distribution,
    version: request.version,
    way: 'kept',
    sha256: record.files.executor ?? '',
  };
  return { program, reason: '' };
}

/** Records the files in `staging` and puts the folder in place at once; an older one is replaced. */
export async function keepExecutor(
  request: ExecutorRequest,
  staging: string,
  names: readonly string[],
  source: string,
): Promise<void> {
  const files: Record<string, string> = {};
  for (const name of names) files[name] = await sha256OfFile(join(staging, name));
  const { os, architecture } = executorPlatform();
  const record: Record_ = {
    distribution: request.distribution,
    version: request.version,
    platform: `${os}-${architecture}`,
    source,
    files,
  };
  await writeFile(join(staging, recordName), `${JSON.stringify(record, undefined, 2)}\n`);
  const folder = keptFolder(request);
  await rm(folder, { recursive: true, force: true });
  await makeFolder(join(folder, '..'));
  await rename(staging, folder);
}

async function readRecord(folder: string): Promise<Record_ | undefined> {
  try {
    const record = JSON.parse(await readFile(join(folder, recordName), 'utf8')) as Record_;
    return typeof record.files?.executor === 'string' ? record : undefined;
  } catch {
    // Absent, or torn by a crash in an older layout: both mean that nothing usable is kept.
    return undefined;
  }
}

/** Lower-case hex. */
export async function sha256OfFile(path: string): Promise<string> {
  await stat(path);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
