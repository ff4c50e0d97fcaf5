import { readAll } from '@kanikit/archive/async';
import { isKanikitError, KanikitError, type RunContext } from '@kanikit/spec';
import { explainTls } from '@kanikit/toolkit/tls-errors';
import { asSentence } from '@kanikit/toolkit/text';
import { describeUrl } from './describe-url.ts';
import { type HttpAnswer, httpGet } from './http-get.ts';

/** No Dockerfile is this long; a log or an image named by mistake may be. */
const largestDockerfileBytes = 16 * 1024 * 1024;
/** A Dockerfile that takes longer has the wrong address. */
const limitMs = 60_000;

/**
 * A Dockerfile that is given by URL. Its size is bounded by 16 MiB; what travels in a secret of the pod must be smaller, see
 * `remoteDockerfile`.
 *
 * @throws KanikitError `dockerfile-missing` where the server has none, `dockerfile-unreadable` for all else
 */
export async function fetchDockerfile(url: string, run: RunContext): Promise<Buffer> {
  const parsed = URL.parse(url);
  if (parsed === null) throw unreadable('a malformed URL', 'it is no URL');
  const name = describeUrl(parsed);
  const time = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([run.signal, time]);
  try {
    const answer = await httpGet(parsed, { signal });
    const contents = await readDockerfile(answer, name, signal);
    if (contents === undefined) throw unreadable(name, 'it is larger than 16 MiB');
    return contents;
  } catch (error) {
    run.signal.throwIfAborted();
    if (isKanikitError(error)) throw error;
    if (time.aborted) {
      const reason = `it did not arrive within ${limitMs / 1000} s`;
      throw unreadable(name, reason, { cause: error, retryable: true });
    }
    const tls = explainTls(error, { trust: 'NODE_EXTRA_CA_CERTS names certificates to trust.' });
    const reason = tls?.reason ?? (error instanceof Error ? error.message : String(error));
    const more = tls === undefined ? {} : { hint: tls.hint };
    throw unreadable(name, reason, { cause: error, retryable: tls?.isTemporary ?? true, ...more });
  }
}

async function readDockerfile(
  answer: HttpAnswer,
  name: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const { status } = answer;
  if (status === 200) return await readAll(answer.body, largestDockerfileBytes, signal);
  answer.discard();
  if (status === 404 || status === 410) throw missing(name, status);
  throw unreadable(name, `the server answers ${status}`, { retryable: status >= 500 });
}

function missing(name: string, status: number): KanikitError {
  return new KanikitError({
    code: 'dockerfile-missing',
    message: `Fetching the Dockerfile ${name}: the server answers ${status}.`,
    hint: 'Check the URL.',
  });
}

function unreadable(
  name: string,
  reason: string,
  more: { readonly cause?: unknown; readonly retryable?: boolean; readonly hint?: string } = {},
): KanikitError {
  return new KanikitError({
    code: 'dockerfile-unreadable',
    message: asSentence(`Fetching the Dockerfile ${name}: ${reason}`),
    hint: 'Check that this machine can fetch the URL, or name a Dockerfile inside the context.',
    ...more,
  });
}
