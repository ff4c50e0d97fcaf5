import { type ArchiveFormat, formatProbeBytes, requireArchiveFormat } from '@kanikit/archive/tar';
import type { ContextWarning, RunContext } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { describeUrl } from '../web/describe-url.ts';
import { httpGet, type HttpGetOptions } from '../web/http-get.ts';
import { fetchError, statusError } from '../web/url-errors.ts';

/** What is at a URL, as far as this machine can tell. */
export type FetchedArchive =
  | {
      readonly type: 'seen';
      /** As the executor gets it, whose client undoes a `Content-Encoding` as the one here does. */
      readonly format: ArchiveFormat;
      /** Strong `ETag`: it names the bytes. */
      readonly tag: string | undefined;
    }
  | { readonly type: 'unseen'; readonly tag: undefined; readonly warning: ContextWarning };

export type UrlAccess = Omit<HttpGetOptions, 'signal'>;

/** A server that is for this machine answers by then, attempts included. */
const limitMs = 45_000;

/**
 * Asks as the executor will, with a GET (signatures are for one method), and reads the first bytes.
 *
 * @param mayBeUnseen - leaves to the executor what this machine can't reach
 * @throws KanikitError `context-missing`, `context-denied`, `context-unreachable`, `context-archive-unsupported`
 */
export async function probeArchive(
  url: URL,
  access: UrlAccess,
  mayBeUnseen: boolean,
  run: RunContext,
): Promise<FetchedArchive> {
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(limitMs)]);
  try {
    const answer = await httpGet(url, { ...access, signal });
    if (answer.status !== 200) {
      answer.discard();
      throw statusError(url, answer.status);
    }
    const head = await readHead(answer.body);
    const { etag } = answer.headers;
    return {
      type: 'seen',
      format: requireArchiveFormat(head, describeUrl(url)),
      tag: etag?.startsWith('"') === true ? etag : undefined,
    };
  } catch (cause) {
    run.signal.throwIfAborted();
    const error = fetchError(url, cause, signal.aborted ? `no answer within ${limitMs / 1000} s` : undefined);
    if (!mayBeUnseen || error.code !== 'context-unreachable') throw error;
    const warning = {
      code: 'context-unseen',
      message: asSentence(
        `The executor fetches ${describeUrl(url)} without a look from here. ${error.message}`,
      ),
      hint: 'Whether it is there, and is a tar with gzip, shows when the build starts.',
    };
    return { type: 'unseen', tag: undefined, warning };
  }
}

async function readHead(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes >= formatProbeBytes) break;
  }
  return Buffer.concat(pieces);
}
