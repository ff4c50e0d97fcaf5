import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { executorPlatform, type ExecutorRequest } from './executor-program.ts';
import { pullImage, type PullOptions } from './registry-pull.ts';

/**
 * Digests of executor images that were looked up and compared by hand. A tag that is listed is pulled by its digest; any other by its tag, and
 * its digest is written down when it is kept.
 */
const knownImageDigests: Readonly<Record<string, string>> = {};

/** Image names to pull one executor from, best first. */
export function executorImageNames(request: ExecutorRequest): readonly string[] {
  if (request.image !== undefined) return [request.image];
  const tag = `v${request.version}`;
  switch (request.distribution) {
    case 'google':
      return [`gcr.io/kaniko-project/executor:${tag}`];
    case 'osscontainertools':
      return [`ghcr.io/osscontainertools/kaniko:${tag}`, `docker.io/martizih/kaniko:${tag}`];
    case 'chainguard':
      return [];
    default:
      return request.distribution satisfies never;
  }
}

/**
 * Pulls the image and puts the files of its `/kaniko` into `staging`. Returns their names and the image with its digest. Throws in one line
 * what went wrong.
 */
export async function pullExecutorFiles(
  image: string,
  staging: string,
  request: ExecutorRequest,
  onBytes: (done: number, total: number) => void,
  scheme?: PullOptions['scheme'],
): Promise<{ readonly names: readonly string[]; readonly source: string }> {
  const pulled = await pullImage(image, {
    platform: executorPlatform(),
    expectedDigest: knownImageDigests[image],
    signal: request.signal,
    ...(scheme !== undefined && { scheme }),
  });
  const total = pulled.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
  const unpacked = join(staging, 'unpacked');
  await mkdir(unpacked, { recursive: true });
  // Loaded on use: most runs have the executor already.
  const { Unpack } = await import('tar');
  let done = 0;
  for (const layer of pulled.layers) {
    const count = async function* (source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
      for await (const chunk of source) {
        done += chunk.length;
        onBytes(done, total);
        yield chunk;
      }
    };
    const unpack = new Unpack({
      cwd: unpacked,
      preserveOwner: false,
      strict: true,
      filter: (path, entry) =>
        /^(?:\.?\/)?kaniko\/[\w.-]+$/.test(path) && 'type' in entry && entry.type === 'File',
    });
    await pipeline(Readable.from(count(layer.open())), unpack as unknown as NodeJS.WritableStream, {
      signal: request.signal,
    });
  }
  const names = await collect(join(unpacked, 'kaniko'), staging);
  if (!names.includes('executor')) throw new Error(`${image} holds no /kaniko/executor`);
  return { names, source: `${image}@${pulled.digest}` };
}

async function collect(folder: string, staging: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (((await stat(join(folder, name))).mode & 0o111) === 0) continue;
    await rename(join(folder, name), join(staging, name));
    names.push(name);
  }
  return names;
}
