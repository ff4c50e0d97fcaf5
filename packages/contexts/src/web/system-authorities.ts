// The whole module: an import by name of what a release of Node lacks fails before any line runs.
import tls from 'node:tls';

/** The certificates that this machine trusts. Node before 22.15 knows only its own list. */
export function systemAuthorities(): readonly string[] {
  return typeof tls.getCACertificates === 'function'
    ? tls.getCACertificates('default')
    : tls.rootCertificates;
}

/** The system's certificates with these; undefined where there are none to add, so that the default stays. */
export function withSystemAuthorities(pem: string | undefined): readonly string[] | undefined {
  return pem === undefined ? undefined : [...systemAuthorities(), pem];
}
