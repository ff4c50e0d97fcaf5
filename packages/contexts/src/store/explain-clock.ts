import { isKanikitError, KanikitError } from '@kanikit/spec';

/** Servers take requests that were signed a quarter of an hour off, most of them; less is not what is wrong. */
const largestSkewMs = 5 * 60_000;

/** A refusal, with what is wrong with this machine's clock where that may be the cause. Other errors pass unchanged. */
export function explainClock(error: unknown, offsetMs: number): unknown {
  if (!isKanikitError(error) || error.code !== 'bucket-denied' || Math.abs(offsetMs) < largestSkewMs)
    return error;
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const { code, message, hint = '', retryable, cause } = error;
  return new KanikitError({
    code,
    message,
    hint: `This machine's clock is ${minutes} minutes ${offsetMs > 0 ? 'behind' : 'ahead of'} the server's: set it (NTP), since requests are signed by it. Else: ${hint}`,
    retryable,
    cause,
  });
}
