/** What is wrong with a server's certificate, as Go's verifier tells it. */
export type CertificateTrouble =
  | 'unknown'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-name'
  | 'wrong-address'
  | 'without-names'
  | 'not-authority'
  | 'chain-too-long'
  | 'wrong-usage'
  | 'name-forbidden'
  | 'weak'
  | 'malformed';

/** By the text behind `x509: `. Source: `Error` methods in https://github.com/golang/go/blob/go1.25.0/src/crypto/x509/verify.go and x509.go */
const table: readonly (readonly [RegExp, CertificateTrouble])[] = [
  [/^certificate has expired or is not yet valid: current time \S+ is before /, 'not-yet-valid'],
  [/^certificate (?:has expired|is not yet valid)/, 'expired'],
  [/^certificate (?:signed by unknown authority|is not trusted)/, 'unknown'],
  [/^failed to load system roots|^no valid chains built/, 'unknown'],
  [/^certificate relies on legacy Common Name field/, 'without-names'],
  [/^certificate is not valid for any names/, 'without-names'],
  [/^cannot validate certificate for \S+ because it doesn't contain any IP SANs/, 'wrong-address'],
  [/^certificate is valid for .*, not \S+$|^certificate is not valid for /, 'wrong-name'],
  [/^certificate is not authorized to sign/, 'not-authority'],
  [/^issuer name does not match subject/, 'not-authority'],
  [/^too many intermediates/, 'chain-too-long'],
  [/^certificate specifies an incompatible key usage/, 'wrong-usage'],
  [/^a root or intermediate certificate is not authorized for an extended key usage/, 'wrong-usage'],
  [/^a root or intermediate certificate is not authorized to sign for this name/, 'name-forbidden'],
  [/^issuer has name constraints/, 'name-forbidden'],
  [/^cannot verify signature/, 'weak'],
  [/insecure algorithm/, 'weak'],
];

/** Reads what follows `x509: `; what is not known of a certificate is told as malformed. */
export function readCertificateTrouble(words: string): CertificateTrouble {
  return table.find(([pattern]) => pattern.test(words))?.[1] ?? 'malformed';
}

/** What is wrong, as a clause, and what to do about it whoever meets the certificate. */
export const certificateWords: Readonly<
  Record<CertificateTrouble, { readonly meaning: string; readonly remedy: string }>
> = {
  unknown: {
    meaning: 'is signed by an authority that is not trusted here',
    remedy: 'Trust its authority, or let the server send the whole chain up to one that is trusted.',
  },
  expired: {
    meaning: 'has expired',
    remedy: 'Renew the certificate of the server. If it is new, check the clock of the node.',
  },
  'not-yet-valid': {
    meaning: 'is not valid yet',
    remedy: 'Check the clock of the node, and the first day of the certificate.',
  },
  'wrong-name': {
    meaning: 'is made for other host names',
    remedy: 'Use one of the names that the message lists, or renew the certificate with this one.',
  },
  'wrong-address': {
    meaning: 'names no IP address, and the server is addressed by one',
    remedy:
      'Address the server by a name of the certificate, or renew the certificate with the IP address (IP SAN).',
  },
  'without-names': {
    meaning: 'has its host name only in the old place (Common Name), or none at all',
    remedy: 'Renew the certificate with subject alternative names (SAN).',
  },
  'not-authority': {
    meaning: 'is signed by a certificate that may not sign others',
    remedy: 'Sign it with an authority (CA:TRUE), and let the server send the right chain.',
  },
  'chain-too-long': {
    meaning: 'has more authorities above it than one of them allows (path length)',
    remedy: 'Sign it with a higher authority, or raise the path length of that authority.',
  },
  'wrong-usage': {
    meaning: 'is not made for servers, or its authority is not (key usage)',
    remedy: 'Renew it with the extended key usage "serverAuth".',
  },
  'name-forbidden': {
    meaning: 'has a name that its authority may not sign for (name constraints)',
    remedy: 'Sign it with an authority that may sign for this name.',
  },
  weak: {
    meaning: 'is signed with an algorithm that is no longer taken (such as SHA-1)',
    remedy: 'Renew it with SHA-256 or better, its intermediate authorities included.',
  },
  malformed: {
    meaning: 'can not be read or checked',
    remedy: 'Renew it: the message says which part of it is wrong.',
  },
};
