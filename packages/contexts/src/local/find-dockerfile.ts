import { readdir, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { readAll } from '@kanikit/archive/async';
import { dockerfileNames, isLikeDockerfile, requireText, suggestNames } from '@kanikit/archive/dockerfiles';
import { describeCause, errorCode, quotePath } from '@kanikit/archive/errors';
import { type ContextRequest, KanikitError, type RunContext } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { describeUrl } from '../web/describe-url.ts';
import { isWebUrl } from '../web/is-web-url.ts';
import type { FoundDirectory } from './find-directory.ts';
import { largestTextBytes, readContextFile, RefusedFile } from './read-context-file.ts';

export interface FoundDockerfile {
  /** Absolute; undefined where it came on standard input or by URL. */
  readonly location: string | undefined;
  readonly contents: Buffer;
}

/**
 * Finds the Dockerfile: absolute, else in the context, else in the working directory; `-` reads it from standard input,
 * and a URL is fetched.
 *
 * @throws KanikitError `dockerfile-missing`, `dockerfile-unreadable`
 */
export async function findDockerfile(
  directory: FoundDirectory,
  request: ContextRequest,
  run: RunContext,
): Promise<FoundDockerfile> {
  const written = request.dockerfile ?? 'Dockerfile';
  const found = await readDockerfile(directory, written, request, run);
  requireText(isWebUrl(written) ? describeUrl(written) : quotePath(written), found.contents);
  return found;
}

async function readDockerfile(
  { root, context }: FoundDirectory,
  written: string,
  request: ContextRequest,
  run: RunContext,
): Promise<FoundDockerfile> {
  if (written === '-') return { location: undefined, contents: await readFromStdin(request, run) };
  if (isWebUrl(written)) {
    const { fetchDockerfile } = await import('../web/fetch-dockerfile.ts');
    return { location: undefined, contents: await fetchDockerfile(written, run) };
  }
  const places = isAbsolute(written)
    ? [written]
    : [...new Set([resolve(root, written), resolve(request.workingDirectory, written)])];
  for (const location of places.flatMap((place) => dockerfileNames(place))) {
    const contents = await readIfThere(context, location, written, run);
    if (contents !== undefined) return { location, contents };
  }
  const near = await findNear(dirname(places[0]!));
  throw missing(`there is no ${places.map((place) => quotePath(place)).join(' and no ')}`, near);
}

async function readIfThere(
  context: string,
  location: string,
  written: string,
  run: RunContext,
): Promise<Buffer | undefined> {
  try {
    const contents = await readContextFile(context, location, run.signal);
    const target = contents === undefined ? await linkTarget(location) : undefined;
    if (target === undefined) return contents;
    throw unreadable(
      quotePath(written),
      `it is a link to ${quotePath(target)}, and no file is at its end`,
      undefined,
      'Make the file that the link names, or name another Dockerfile with `dockerfile`.',
    );
  } catch (error) {
    if (error instanceof RefusedFile) {
      throw unreadable(quotePath(written), error.message, error.cause, linkHint(error));
    }
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw unreadable(quotePath(written), describeCause(error), error);
  }
}

/** Undefined where there is no link. */
async function linkTarget(location: string): Promise<string | undefined> {
  try {
    return await readlink(location);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** A Dockerfile, unlike an ignore file, may be named where it really is. */
function linkHint({ hint }: RefusedFile): string | undefined {
  return hint === undefined ? undefined : `${hint} Or name the file itself with \`dockerfile\`.`;
}

/** What else in the folder may be the Dockerfile. */
async function findNear(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => isLikeDockerfile(name));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}

async function readFromStdin(request: ContextRequest, run: RunContext): Promise<Buffer> {
  if (request.readStdin === undefined)
    throw missing('it was to come on standard input, which is not available');
  const contents = await readAll(request.readStdin(), largestTextBytes, run.signal);
  if (contents === undefined) throw unreadable('on standard input', 'it is larger than 16 MiB');
  if (contents.length === 0) throw missing('nothing came on standard input');
  return contents;
}

function missing(reason: string, near: readonly string[] = []): KanikitError {
  return new KanikitError({
    code: 'dockerfile-missing',
    message: asSentence(`Looking for the Dockerfile: ${reason}`),
    hint: `${suggestNames(near, quotePath)}Name it with \`dockerfile\`: a path inside the context or relative to where you are, or - for standard input.`,
  });
}

function unreadable(
  name: string,
  reason: string,
  cause?: unknown,
  hint = 'Name another Dockerfile with `dockerfile`, or make this one readable.',
): KanikitError {
  return new KanikitError({
    code: 'dockerfile-unreadable',
    message: asSentence(`Reading the Dockerfile ${name}: ${reason}`),
    hint,
    cause,
  });
}
