/**
 * A secret for `RUN --mount=type=secret,id=…`: taken from the client (a file, a variable, a value) and carried by the build's own secret, or from an
 * existing secret of the pod's namespace. It enters no layer and no log. Only where the executor mounts secrets (osscontainertools 1.26.3 and
 * later; up to 1.26.6 behind a feature flag, which kanikit sets).
 */
export type BuildSecret = {
  /** Name in the Dockerfile: letters, digits, `-`, `_` and `.`. */
  readonly id: string;
} & (
  | { readonly file: string }
  /** Variable of the client's environment. */
  | { readonly env: string }
  | { readonly value: string | Uint8Array }
  /** Existing secret of the pod's namespace, and its key. The client never sees the value, so it can't hide it in logs. */
  | { readonly secret: string; readonly key: string }
);

/** Proxies for the executor: for registries and contexts. `RUN` does not see them; give it `--build-arg HTTP_PROXY` and the like. */
export interface ProxySettings {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  /** Hosts reached without a proxy, as in `NO_PROXY`. Names inside of the cluster and the metadata services of clouds are added. */
  readonly none?: string | undefined;
}
