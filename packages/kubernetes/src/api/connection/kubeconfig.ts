import {
  anything,
  base64Text,
  type Decode,
  entriesOf,
  type Entry,
  flag,
  listOf,
  mapOf,
  object,
  optional,
  text,
} from './kubeconfig-value.ts';

/**
 * What a kubeconfig holds; what it does not name is empty.
 *
 * Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: readonly Entry<KubeconfigCluster>[];
  readonly users: readonly Entry<KubeconfigUser>[];
  readonly contexts: readonly Entry<KubeconfigContext>[];
}

export interface KubeconfigCluster {
  readonly server: string;
  readonly tlsServerName: string;
  readonly isServerUnverified: boolean;
  readonly authorityFile: string;
  readonly authority: string;
  readonly proxyUrl: string;
  readonly extensions: readonly Entry<unknown>[];
}

export interface KubeconfigUser {
  readonly certificateFile: string;
  readonly certificate: string;
  readonly keyFile: string;
  readonly key: string;
  readonly token: string;
  readonly tokenFile: string;
  readonly username: string;
  readonly password: string;
  readonly actsAs: string;
  readonly actsAsUid: string;
  readonly actsAsGroups: readonly string[];
  readonly actsAsExtra: Readonly<Record<string, readonly string[]>>;
  readonly authProvider: KubeconfigAuthProvider | undefined;
  readonly plugin: KubeconfigPlugin | undefined;
}

export interface KubeconfigContext {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

export interface KubeconfigAuthProvider {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** A program that gives a credential (`exec`). */
export interface KubeconfigPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
  readonly installHint: string;
  readonly isClusterTold: boolean;
  readonly interactiveMode: string;
}

const extensions = entriesOf('extension', anything);

const cluster: Decode<KubeconfigCluster> = object<KubeconfigCluster>(
  {
    server: ['server', text],
    tlsServerName: ['tls-server-name', text],
    isServerUnverified: ['insecure-skip-tls-verify', flag],
    authorityFile: ['certificate-authority', text],
    authority: ['certificate-authority-data', base64Text],
    proxyUrl: ['proxy-url', text],
    extensions: ['extensions', extensions],
  },
  { 'disable-compression': flag },
);

const user: Decode<KubeconfigUser> = object<KubeconfigUser>(
  {
    certificateFile: ['client-certificate', text],
    certificate: ['client-certificate-data', base64Text],
    keyFile: ['client-key', text],
    key: ['client-key-data', base64Text],
    token: ['token', text],
    tokenFile: ['tokenFile', text],
    username: ['username', text],
    password: ['password', text],
    actsAs: ['as', text],
    actsAsUid: ['as-uid', text],
    actsAsGroups: ['as-groups', listOf(text)],
    actsAsExtra: ['as-user-extra', mapOf(listOf(text))],
    authProvider: [
      'auth-provider',
      optional(object({ name: ['name', text], config: ['config', mapOf(text)] })),
    ],
    plugin: [
      'exec',
      optional(
        object<KubeconfigPlugin>({
          command: ['command', text],
          args: ['args', listOf(text)],
          env: ['env', listOf(object({ name: ['name', text], value: ['value', text] }))],
          apiVersion: ['apiVersion', text],
          installHint: ['installHint', text],
          isClusterTold: ['provideClusterInfo', flag],
          interactiveMode: ['interactiveMode', text],
        }),
      ),
    ],
  },
  { extensions },
);

const context: Decode<KubeconfigContext> = object<KubeconfigContext>(
  {
    cluster: ['cluster', text],
    user: ['user', text],
    namespace: ['namespace', text],
  },
  { extensions },
);

/** Reads every entry, also those that no context names: kubectl takes a file as a whole. */
export const decodeKubeconfig: Decode<Kubeconfig> = object<Kubeconfig>(
  {
    currentContext: ['current-context', text],
    clusters: ['clusters', entriesOf('cluster', cluster)],
    users: ['users', entriesOf('user', user)],
    contexts: ['contexts', entriesOf('context', context)],
  },
  {
    extensions,
    preferences: object({}, { colors: flag, extensions }),
  },
);
