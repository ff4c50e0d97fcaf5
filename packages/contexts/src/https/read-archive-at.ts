import { changedError } from '@kanikit/archive/errors';
import type { RunContext } from '@kanikit/spec';
import { describeUrl } from '../web/describe-url.ts';
import { httpGet } from '../web/http-get.ts';
import type { UrlAccess } from './probe-archive.ts';
import { fetchError, statusError } from '../web/url-errors.ts';

/**
 * The bytes at a URL, whole or with an error at their end.
 *
 * @param tag - `ETag` of what was seen there before
 * @throws KanikitError `context-changed`, and those of `probeArchive`
 */
export async function* readArchiveAt(
  url: URL,
  access: UrlAccess,
  tag: string | undefined,
  run: RunContext,
): AsyncGenerator<Uint8Array, void> {
  try {
    const answer = await httpGet(url, { ...access, signal: run.signal });
    if (answer.status !== 200) {
      answer.discard();
      throw statusError(url, answer.status);
    }
    if (tag !== undefined && answer.headers.etag !== tag) {
      answer.discard();
      throw changedError(describeUrl(url), 'changed');
    }
    yield* answer.body;
  } catch (error) {
    run.signal.throwIfAborted();
    throw fetchError(url, error, undefined);
  }
}
