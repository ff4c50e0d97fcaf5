import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { type ContextRequest, KanikitError, type RunContext } from '@kanikit/spec';
import { describeCause, errorCode, quotePath } from '../archive/context-errors.ts';
import { isWebUrl } from '../https/is-web-url.ts';
import { readAll } from '../streams/read-all.ts';

export interface FoundDockerfile {
  /** Absolute; undefined where it came on standard input or by URL. */
  readonly location: string | undefined;
  readonly contents: Buffer;
}

/** No Dockerfile is this long; a log or an image named by mistake may be. */
const largestDockerfileBytes = 16 * 1024 * 1024;

/**
 * Finds the Dockerfile: absolute, else in the context, else in the working directory; `-` reads it from standard input,
 * and a URL is fetched.
 *
 * @throws KanikitError `dockerfile-missing`, `dockerfile-unreadable`
 */
export async function findDockerfile(
  root: string,
  request: ContextRequest,
  run: RunContext,
): Promise<FoundDockerfile> {
  const written = request.dockerfile ?? 'Dockerfile';
  if (written === '-') return { location: undefined, contents: await readFromStdin(request, run) };
  if (isWebUrl(written)) {
    const { fetchDockerfile } = await import('../https/fetch-dockerfile.ts');
    return { location: undefined, contents: await fetchDockerfile(written, run) };
  }
  const places = isAbsolute(written)
    ? [written]
    : [resolve(root, written), resolve(request.workingDirectory, written)];
  for (const location of new Set(places)) {
    const contents = await readDockerfile(location, written);
    if (contents !== undefined) return { location, contents };
  }
  throw missing(`there is no ${[...new Set(places)].map((place) => quotePath(place)).join(' and no ')}`);
}

async function readDockerfile(location: string, written: string): Promise<Buffer | undefined> {
  try {
    const stats = await stat(location);
    if (!stats.isFile()) throw unreadable(written, 'it is not a file');
    if (stats.size > largestDockerfileBytes) throw unreadable(written, 'it is larger than 16 MiB');
    return await readFile(location);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES' || code === 'EPERM' || code === 'ELOOP') {
      throw unreadable(
        written,
        code === 'ELOOP' ? 'its symbolic links go in a circle' : describeCause(error),
        error,
      );
    }
    throw error;
  }
}

async function readFromStdin(request: ContextRequest, run: RunContext): Promise<Buffer> {
  if (request.readStdin === undefined)
    throw missing('it was to come on standard input, which is not available');
  const contents = await readAll(request.readStdin(), largestDockerfileBytes, run.signal);
  if (contents === undefined) throw unreadable('-', 'it is larger than 16 MiB');
  if (contents.length === 0) throw missing('nothing came on standard input');
  return contents;
}

function missing(reason: string): KanikitError {
  return new KanikitError({
    code: 'dockerfile-missing',
    message: `looking for the Dockerfile: ${reason}`,
    hint: 'Name it with --file: a path inside the context or relative to where you are, or - for standard input.',
  });
}

function unreadable(written: string, reason: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'dockerfile-unreadable',
    message: `reading the Dockerfile ${quotePath(written)}: ${reason}`,
    hint: 'Name another Dockerfile with --file, or make this one readable.',
    cause,
  });
}
