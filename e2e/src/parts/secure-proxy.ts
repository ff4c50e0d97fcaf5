import { type CertificateAuthority, createCertificateAuthority } from './certificate-authority.ts';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';

/** A proxy before an API server: a client sends it credentials, which it keeps from plain http. */
export interface SecureProxy extends FaultProxy {
  /** PEM: what a client must trust. */
  readonly authority: string;
}

let authority: Promise<CertificateAuthority> | undefined;

export async function startSecureProxy(
  options: Omit<FaultProxyOptions, 'certificate' | 'host'>,
): Promise<SecureProxy> {
  authority ??= createCertificateAuthority();
  const { certificate, issue } = await authority;
  const proxy = await startFaultProxy({ ...options, certificate: await issue(['127.0.0.1']) });
  return Object.assign(proxy, { authority: certificate });
}
