import { getCACertificates, rootCertificates } from 'node:tls';

/** The system's certificates with these; undefined where there are none to add, so that the default stays. */
export function withSystemAuthorities(pem: string | undefined): readonly string[] | undefined {
  if (pem === undefined) return undefined;
  // Node before 22.15 knows only its own list.
  const system = typeof getCACertificates === 'function' ? getCACertificates('default') : rootCertificates;
  return [...system, pem];
}
