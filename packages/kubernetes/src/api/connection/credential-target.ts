import type { ClientCredential } from './cluster-connection.ts';
import type { Entry } from './kubeconfig-value.ts';
import type { KubeconfigCluster } from './kubeconfig.ts';

/** What credentials may need to know of the cluster they are for. */
export interface CredentialTarget {
  readonly server: string;
  /** Name and password of the server's address. */
  readonly login: ClientCredential | undefined;
  readonly certificateAuthority: string | undefined;
  readonly cluster: Entry<KubeconfigCluster>;
  readonly env: Readonly<Record<string, string | undefined>>;
}
