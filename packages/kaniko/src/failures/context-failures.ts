import type { FailureCode } from '@kanikit/spec';
import { certificateWords, type CertificateTrouble, readNetworkError } from '@kanikit/toolkit/go-errors';
import { entry, type FailureEntry } from './failure-entry.ts';

/**
 * What keeps the executor from its context, without the addresses and names that its words quote; undefined where they are about something else.
 * `status 403` and `network interrupted` stand for what clients say in many forms.
 */
export function contextCause(text: string): string | undefined {
  const [, words] = /^Error: error resolving source context: (.*)$/.exec(text) ?? [];
  if (words === undefined || isOwnRefusal.test(words)) return undefined;
  const status = statusOf(words);
  if (status !== undefined) return `status ${status}`;
  // The end of an archive is no end of a connection, unless a request is told of.
  if (/^(?:gzip: |archive\/tar: |flate: )|^(?:unexpected )?EOF$/.test(words)) return words;
  const error = readNetworkError(words);
  if (error?.trouble === 'certificate') return `certificate ${error.certificate}`;
  if (error?.trouble === 'proxy') return error.isTemporary ? 'proxy unreachable' : 'proxy refused';
  if (error !== undefined) return `network ${error.trouble}`;
  return words.replaceAll(/"[^"]*"|'[^']*'/g, '""').replaceAll(/[^\s,;()]{0,500}\/[^\s,;():]*/g, '…');
}

/** Flags that are wrong before any context is asked for. */
const isOwnRefusal = /^(?:please specify a path to the build context|unknown build context prefix provided)/;

/** The status of a server, as the clients of buckets and the executor print it. */
function statusOf(words: string): string | undefined {
  return /(?:^HTTPSTar bad status from server: |\bStatusCode: |\bstatus code: |^googleapi: (?:got HTTP response code |Error )|: googleapi: Error |^RESPONSE |: RESPONSE |\bRESPONSE )(\d{3})\b/.exec(
    words,
  )?.[1];
}

const certificateCodes: Readonly<Record<CertificateTrouble, FailureCode>> = {
  unknown: 'context-certificate-unknown',
  expired: 'context-certificate-expired',
  'not-yet-valid': 'context-certificate-not-yet-valid',
  'wrong-name': 'context-certificate-wrong-name',
  'wrong-address': 'context-certificate-wrong-address',
  'without-names': 'context-certificate-without-names',
  'not-authority': 'context-certificate-not-authority',
  'chain-too-long': 'context-certificate-chain-too-long',
  'wrong-usage': 'context-certificate-wrong-usage',
  'name-forbidden': 'context-certificate-name-forbidden',
  weak: 'context-certificate-weak',
  malformed: 'context-certificate-malformed',
};

const certificateFailures: readonly FailureEntry[] = Object.entries(certificateCodes).map(
  ([trouble, code]) => {
    const { meaning, remedy } = certificateWords[trouble as CertificateTrouble];
    const pattern = new RegExp(`^certificate ${trouble}$`);
    return entry(code, pattern, `The certificate of the server that holds the context ${meaning}.`, remedy);
  },
);

/** The context, from wherever it comes. */
export const contextFailures: readonly FailureEntry[] = [
  entry(
    'context-stdin-missing',
    /^no data found/,
    'The context should come from standard input, but nothing was attached to it.',
    'The container needs stdin: true, stdinOnce: true and tty: false, and someone who sends the archive.',
  ),
  entry(
    'context-broken-off',
    /^network (?:unreachable|dns|timeout|interrupted)$|^proxy unreachable$|^status 5\d\d$/,
    'The place that holds the context could not be reached, or broke off.',
    'Build again. If it persists, check that pods reach the server: network policy, proxy, certificate authority.',
    true,
  ),
  ...certificateFailures,
  entry(
    'context-connection-refused',
    /^proxy refused$|^network (?:tls|not-tls)$/,
    'A proxy, or the server that holds the context, refuses the connection.',
    'Read the reason in the message: allow the host at the proxy of the pod, or name it in NO_PROXY.',
  ),
  entry(
    'context-archive-invalid',
    /(?:^|: )(?:gzip: |archive\/tar: |flate: |zlib: |(?:unexpected )?EOF$)/,
    'The context archive is cut off or is not a gzip-compressed tar.',
    'Send a complete .tar.gz: plain tar, xz, bzip2 and zstd are not read.',
  ),
  entry(
    'context-git-reference-unknown',
    /(?:^|: )(?:reference not found|invalid branch: |couldn't find remote ref|server does not support exact SHA1|object not found)/,
    'The Git repository does not have the branch, tag or commit.',
    'Check the reference. A bare commit works only where the server allows fetching it; else name the branch before it (#refs/heads/main#<commit>).',
  ),
  entry(
    'context-denied',
    /^status 40[13]$|(?:^|: )(?:authentication required|authorization failed|repository not found|invalid auth method|AZURE_STORAGE_ACCESS_KEY environment variable is not set)|(?:^|[ :])(?:AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|AuthorizationFailure|AuthenticationFailed): |could not find default credentials|failed to (?:refresh|retrieve|sign)[^:]{0,200} credentials|get credentials: |get identity: |static credentials are empty/i,
    'The place that holds the context did not let the executor in.',
    'Check the credentials that the pod has for the context: Git user or token, or the identity for the bucket.',
  ),
  entry(
    'context-unreadable',
    /^/,
    'The executor could not get the build context.',
    'Read the reason in the message; check that the executor can reach the place and that the object exists.',
  ),
];
