/** What a TLS connection of Node fails of. */
export interface TlsMeaning {
  /** A clause. */
  readonly reason: string;
  /** What to do whoever the client is. */
  readonly remedy: string;
  /** Which advice of the client stands in front of the remedy. */
  readonly advice?: keyof TlsAdvice;
  /** True where the next try may find it gone. */
  readonly isTemporary?: boolean;
}

/** What only the client knows, each as a sentence. */
export interface TlsAdvice {
  /** How to make it trust a certificate. */
  readonly trust: string;
  /** How to make it expect another name. */
  readonly name?: string;
}

const chain = 'Or let the server send the whole chain of its authorities.';

/**
 * By the code of the error. Sources: `X509Pointer::ErrorCode` in https://github.com/nodejs/node/blob/v22.12.0/deps/ncrypto/ncrypto.cc, and OpenSSL's
 * https://github.com/openssl/openssl/blob/openssl-3.0.15/ssl/ssl_err.c, whose reasons Node writes as `ERR_SSL_…`.
 */
export const tlsMeanings: readonly (readonly [RegExp, TlsMeaning])[] = [
  [
    /^CERT_HAS_EXPIRED$/,
    {
      reason: 'the certificate of the server, or one of its authorities, has expired',
      remedy: 'Renew the certificate of the server. If it is new, check the clock of this machine.',
    },
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    {
      reason: 'the certificate of the server is not valid yet',
      remedy: 'Check the clock of this machine, and the first day of the certificate.',
    },
  ],
  [
    /^(?:ERR_TLS_CERT_ALTNAME_INVALID|ERR_TLS_CERT_ALTNAME_FORMAT|HOSTNAME_MISMATCH)$/,
    {
      reason: 'the certificate of the server is made for other host names',
      remedy:
        'Use one of the names that the certificate has, or renew it with this name (subject alternative name).',
      advice: 'name',
    },
  ],
  [
    /^DEPTH_ZERO_SELF_SIGNED_CERT$/,
    {
      reason: 'the certificate of the server is signed by itself, and not trusted here',
      remedy: 'The certificate to trust is that of the server itself.',
      advice: 'trust',
    },
  ],
  [
    /^SELF_SIGNED_CERT_IN_CHAIN$/,
    {
      reason: 'the certificate of the server comes from an authority of its own that is not trusted here',
      remedy:
        'The certificate to trust is the last of the chain: of the company, or of a proxy that looks into connections.',
      advice: 'trust',
    },
  ],
  [
    /^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/,
    {
      reason: 'the server sends its certificate alone, without the authority that signed it',
      remedy: chain,
      advice: 'trust',
    },
  ],
  [
    /^UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?$/,
    {
      reason: 'the certificate of the server is signed by an authority that is not known here',
      remedy: chain,
      advice: 'trust',
    },
  ],
  [
    /^(?:CERT_UNTRUSTED|CERT_REJECTED)$/,
    {
      reason: 'an authority of the server is not trusted for servers here',
      remedy: 'Trust it for servers (serverAuth).',
      advice: 'trust',
    },
  ],
  [
    /^INVALID_PURPOSE$/,
    {
      reason: 'the certificate of the server, or its authority, is not made for servers (key usage)',
      remedy: 'Renew it with the extended key usage "serverAuth".',
    },
  ],
  [
    /^INVALID_CA$/,
    {
      reason: 'the certificate of the server is signed by a certificate that may not sign others',
      remedy: 'Sign it with an authority (CA:TRUE), and let the server send the right chain.',
    },
  ],
  [
    /^(?:PATH_LENGTH_EXCEEDED|CERT_CHAIN_TOO_LONG)$/,
    {
      reason: 'the certificate of the server has more authorities above it than one of them allows',
      remedy: 'Sign it with a higher authority, or raise the path length of that authority.',
    },
  ],
  [
    /^CERT_REVOKED$/,
    {
      reason: 'the certificate of the server was revoked by its authority',
      remedy: 'Do not use the server before it has a new certificate: the key of the old one may be known.',
    },
  ],
  [
    /^(?:CRL_|UNABLE_TO_GET_CRL|UNABLE_TO_DECRYPT_CRL|ERROR_IN_CRL)/,
    {
      reason: 'the list of revoked certificates is missing, out of date or broken',
      remedy: 'Renew the list of its authority (CRL) that is given to this machine.',
    },
  ],
  [
    /^(?:CERT_|UNABLE_TO_DEC|ERROR_IN_CERT|UNSPECIFIED$|ERR_TLS_CERT_)/,
    {
      reason: 'the certificate of the server can not be read or checked',
      remedy: 'Renew it with a key and a signature that are strong enough: the message says what is wrong.',
    },
  ],
  [
    /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTPS?_(?:PROXY_)?REQUEST|RECORD_TOO_SMALL)$/,
    {
      reason: 'the server does not speak TLS there',
      remedy: 'Check the port, and whether the address should begin with http://.',
    },
  ],
  [
    /^ERR_SSL_(?:\w*PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|UNSUPPORTED_SSL_VERSION|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE)$/,
    {
      reason: 'the server and this machine have no version of TLS in common',
      remedy: 'The server needs TLS 1.2 or newer.',
    },
  ],
  [
    /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_(?:CERTIFICATE_|BAD_CERTIFICATE|UNKNOWN_CA|NO_CERTIFICATE|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)|CERTIFICATE_UNOBTAINABLE|BAD_CERTIFICATE)/,
    {
      reason: 'the server does not accept the certificate of this client, or misses one',
      remedy: 'Give the client certificate that the server asks for, and renew one that has expired.',
    },
  ],
  [
    /^ERR_SSL_\w*UNRECOGNIZED_NAME$/,
    {
      reason: 'the server does not serve this host name',
      remedy:
        'Check the name in the address, and which names the server or the load balancer in front of it knows.',
    },
  ],
  [
    /^ERR_SSL_(?:EE_KEY_TOO_SMALL|CA_KEY_TOO_SMALL|CA_MD_TOO_WEAK|DH_KEY_TOO_SMALL|NO_SUITABLE_SIGNATURE_ALGORITHM|UNSAFE_LEGACY_RENEGOTIATION_DISABLED)$/,
    {
      reason: 'the server uses keys or algorithms that are too weak',
      remedy: 'Renew its certificate with RSA 2048 or P-256 and SHA-256, and update the server.',
    },
  ],
  [
    /^ERR_SSL_(?:UNEXPECTED_EOF_WHILE_READING|\w*BAD_RECORD_MAC|\w*ALERT_INTERNAL_ERROR|\w*USER_CANCELL?ED|\w*CLOSE_NOTIFY)$/,
    {
      reason: 'the encrypted connection broke',
      remedy: 'Try again; if it persists, look at what stands between this machine and the server.',
      isTemporary: true,
    },
  ],
  [
    /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/,
    {
      reason: 'the server and this machine can not agree on an encrypted connection',
      remedy:
        'Check which versions and ciphers of TLS the server speaks, and whether it wants a client certificate.',
    },
  ],
];
