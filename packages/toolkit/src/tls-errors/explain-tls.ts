import { type TlsAdvice, type TlsMeaning, tlsMeanings } from './tls-codes.ts';

/** Why an encrypted connection of this process did not come about, or broke. */
export interface TlsProblem {
  /** Node's code, such as `CERT_HAS_EXPIRED`. */
  readonly code: string;
  /** `the certificate of the server has expired (certificate has expired)`. */
  readonly reason: string;
  readonly hint: string;
  readonly isTemporary: boolean;
}

/**
 * Reads an error of Node's TLS, wherever in the chain of causes it is; undefined for all other errors. By codes only: messages hold host names.
 */
export function explainTls(error: unknown, advice: TlsAdvice): TlsProblem | undefined {
  for (const { code, message } of errorsIn(error)) {
    const meaning = meaningOf(code);
    if (meaning === undefined) continue;
    const own = message.replaceAll(/\s+/g, ' ').trim().slice(0, longestMessage).replace(/\.$/, '');
    return {
      code,
      reason: own === '' ? `${meaning.reason} (${code})` : `${meaning.reason} (${own})`,
      hint: [meaning.advice === undefined ? undefined : advice[meaning.advice], meaning.remedy]
        .filter((part) => part !== undefined)
        .join(' '),
      isTemporary: meaning.isTemporary ?? false,
    };
  }
  return undefined;
}

const longestMessage = 300;

function meaningOf(code: string): TlsMeaning | undefined {
  return tlsMeanings.find(([pattern]) => pattern.test(code))?.[1];
}

interface CodedError {
  readonly code: string;
  readonly message: string;
}

/** The errors of a chain that have a code; a name with several addresses fails with one for each. */
function errorsIn(error: unknown): readonly CodedError[] {
  const found: CodedError[] = [];
  let layer: readonly unknown[] = [error];
  for (let depth = 0; depth < deepestChain && layer.length > 0; depth += 1) {
    const errors = layer.filter((each) => each instanceof Error);
    for (const each of errors) {
      const code = codeOf(each);
      if (code !== undefined) found.push({ code, message: each.message });
    }
    layer = errors.flatMap((each) => [
      ...('errors' in each && Array.isArray(each.errors) ? (each.errors as unknown[]) : []),
      each.cause,
    ]);
  }
  return found;
}

const deepestChain = 6;

/** Of a connection that OpenSSL ends while something is written, Node says `EPROTO`, and the reason in words only. */
function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return undefined;
  const [, reason] = code === 'EPROTO' ? (/SSL routines:[^:]*:([^:]+):/.exec(error.message) ?? []) : [];
  return reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(/\W+/g, '_')}`;
}
