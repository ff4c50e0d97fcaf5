import { isKanikitError, KanikitError } from '@kanikit/spec';
import { explainTls, type TlsAdvice } from '@kanikit/toolkit/tls-errors';
import { asSentence } from '@kanikit/toolkit/text';
import { describeUrl } from './describe-url.ts';

const tlsAdvice: TlsAdvice = {
  trust: 'Name the authority of a private certificate with `access.https.certificateAuthorities`.',
};

/** The error for an answer without a context. */
export function statusError(url: URL, status: number): KanikitError {
  const isDenied = status === 401 || status === 403 || status === 407;
  const isMissing = status === 404 || status === 410;
  return new KanikitError({
    code: isDenied ? 'context-denied' : isMissing ? 'context-missing' : 'context-unreadable',
    message: `Fetching the build context ${describeUrl(url)}: the server answers ${status}.`,
    hint: isDenied
      ? 'Check user, password, token or signature; a signed URL is good for some time only.'
      : isMissing
        ? 'Check the URL.'
        : 'Try again, or look at the server.',
    retryable: status === 429 || status >= 500,
  });
}

/** The error for a request that failed, or the one that is one already. */
export function fetchError(url: URL, cause: unknown, reason: string | undefined): KanikitError {
  if (isKanikitError(cause)) return cause;
  const tls = reason === undefined ? explainTls(cause, tlsAdvice) : undefined;
  const words = reason ?? tls?.reason ?? (cause instanceof Error ? cause.message : String(cause));
  return new KanikitError({
    code: 'context-unreachable',
    message: asSentence(`Fetching the build context ${describeUrl(url)}: ${words}`),
    hint: tls?.hint ?? 'Check the address, the network and the proxy.',
    retryable: tls?.isTemporary ?? true,
    cause,
  });
}
