import type { ClusterDescription } from '@kanikit/spec';

/** How the client shows who it is. */
export interface ClientCredential {
  readonly token?: string | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  /** PEM client certificate and its key. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** Whom every request acts as, in place of the user that the credential is for. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  /** More about the user, by key. */
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Looks a credential up when it is needed; `isRejected` says that the server refused the last one. */
export type CredentialProvider = (options: {
  readonly isRejected: boolean;
  readonly signal: AbortSignal;
}) => Promise<ClientCredential>;

/** Everything needed to talk to one API server. */
export interface ClusterConnection {
  readonly kind: ClusterDescription['kind'];
  /** Context name, `in-cluster` or `sandbox`. */
  readonly name: string;
  /** `https://host:port`, with a path where the server sits behind one. */
  readonly server: string;
  /** Namespace for requests that name none. */
  readonly namespace: string;
  /** Namespace that the configuration itself names, of the kubeconfig's context or the pod this process runs in: it is taken to be there. */
  readonly configuredNamespace?: string | undefined;
  /** PEM certificates to trust instead of the machine's. */
  readonly certificateAuthority?: string | undefined;
  /** True accepts any server certificate (`insecure-skip-tls-verify`). */
  readonly isServerUnverified?: boolean | undefined;
  /** Name to expect in the server's certificate instead of the host. */
  readonly tlsServerName?: string | undefined;
  /** `http://` or `https://` proxy to reach the server through (CONNECT). */
  readonly proxyUrl?: string | undefined;
  readonly credential?: ClientCredential | CredentialProvider | undefined;
  /** @default the user of the credential acts as itself */
  readonly impersonation?: Impersonation | undefined;
}
