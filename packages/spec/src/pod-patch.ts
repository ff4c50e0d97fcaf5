import type { KubernetesObject } from './kubernetes-object.ts';

/** One operation of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  /** JSON pointer, e.g. `/spec/tolerations/-`. */
  readonly path: string;
  readonly from?: string | undefined;
  readonly value?: unknown;
}

/** A change of the finished pod: a strategic merge patch as `kubectl patch` takes it, or a JSON patch. */
export type PodPatch =
  | { readonly type: 'strategic'; readonly patch: KubernetesObject }
  | { readonly type: 'json'; readonly patch: readonly JsonPatchOperation[] };
