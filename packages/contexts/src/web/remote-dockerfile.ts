import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { readAll } from '@kanikit/archive/async';
import { requireText } from '@kanikit/archive/dockerfiles';
import { describeCause, errorCode, quotePath } from '@kanikit/archive/errors';
import { type ContextRequest, KanikitError, type RunContext } from '@kanikit/spec';
import { readWholeFile } from '@kanikit/toolkit/files';
import { asSentence } from '@kanikit/toolkit/text';
import { describeUrl } from './describe-url.ts';
import { fetchDockerfile } from './fetch-dockerfile.ts';
import { isWebUrl } from './is-web-url.ts';

/** The Dockerfile of a context that the executor fetches by itself. */
export interface RemoteDockerfile {
  /** Value of the executor's `--dockerfile`, a path inside the context; not used where there are contents. */
  readonly dockerfile: string;
  /** A Dockerfile from elsewhere, which travels as a file of the pod. */
  readonly dockerfileContents?: Uint8Array | undefined;
  readonly dockerfileText: string | undefined;
}

/** A secret of Kubernetes holds 1 MiB; the rest is for credentials. */
const largestBytes = 896 * 1024;

/**
 * Finds the Dockerfile of a context that is not on this machine: inside of it, unless it comes on standard input, by URL, or is named by an
 * absolute path or one that begins with `./` or `../` and is there on this machine.
 *
 * @throws KanikitError `dockerfile-missing`, `dockerfile-unreadable`
 */
export async function remoteDockerfile(request: ContextRequest, run: RunContext): Promise<RemoteDockerfile> {
  const dockerfile = request.dockerfile ?? 'Dockerfile';
  const contents = await readFromElsewhere(dockerfile, request, run);
  if (contents === undefined) return { dockerfile, dockerfileText: undefined };
  const name = isWebUrl(dockerfile) ? describeUrl(dockerfile) : quotePath(dockerfile);
  requireText(name, contents);
  if (contents.length > largestBytes) {
    throw unreadable(
      name,
      `it is larger than ${largestBytes / 1024} KiB, more than a secret of the pod can hold`,
    );
  }
  return { dockerfile, dockerfileContents: contents, dockerfileText: contents.toString('utf8') };
}

async function readFromElsewhere(
  dockerfile: string,
  request: ContextRequest,
  run: RunContext,
): Promise<Buffer | undefined> {
  if (dockerfile === '-') return await readFromStdin(request, run);
  if (isWebUrl(dockerfile)) return await fetchDockerfile(dockerfile, run);
  const path = await findOnMachine(dockerfile, request.workingDirectory);
  return path === undefined ? undefined : await readOnMachine(path, run);
}

/**
 * Reads what `findOnMachine` found.
 *
 * @throws KanikitError `dockerfile-unreadable`
 */
export async function readOnMachine(path: string, run: RunContext): Promise<Buffer> {
  try {
    return await readWholeFile(path, { largestBytes, signal: run.signal });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw unreadable(quotePath(path), describeCause(error), error);
  }
}

/**
 * Absolute path of a Dockerfile that is named as one of this machine and is there; undefined where it must be inside the context.
 *
 * @throws KanikitError `dockerfile-missing`, `dockerfile-unreadable`
 */
export async function findOnMachine(
  dockerfile: string,
  workingDirectory: string,
): Promise<string | undefined> {
  if (!isAbsolute(dockerfile) && !/^\.\.?\//.test(dockerfile)) return undefined;
  const path = resolve(workingDirectory, dockerfile);
  try {
    const stats = await stat(path);
    if (!stats.isFile() && !stats.isFIFO()) throw unreadable(quotePath(dockerfile), 'it is not a file');
    if (stats.size > largestBytes)
      throw unreadable(quotePath(dockerfile), `it is larger than ${largestBytes / 1024} KiB`);
    return path;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw unreadable(quotePath(dockerfile), describeCause(error), error);
    if (isAbsolute(dockerfile)) throw missing(`there is no ${quotePath(path)} on this machine`);
    return undefined;
  }
}

async function readFromStdin(request: ContextRequest, run: RunContext): Promise<Buffer> {
  if (request.readStdin === undefined)
    throw missing('it was to come on standard input, which is not available');
  const contents = await readAll(request.readStdin(), largestBytes, run.signal);
  if (contents === undefined)
    throw unreadable('on standard input', `it is larger than ${largestBytes / 1024} KiB`);
  if (contents.length === 0) throw missing('nothing came on standard input');
  return contents;
}

function missing(reason: string): KanikitError {
  return new KanikitError({
    code: 'dockerfile-missing',
    message: asSentence(`Looking for the Dockerfile: ${reason}`),
    hint: 'Name it with `dockerfile`: a path inside the context, a file of this machine, a URL, or - for standard input.',
  });
}

function unreadable(name: string, reason: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'dockerfile-unreadable',
    message: asSentence(`Reading the Dockerfile ${name}: ${reason}`),
    hint: 'Name another Dockerfile with `dockerfile`, or one inside the context.',
    cause,
  });
}
