import { existsSync } from 'node:fs';
import type { ClusterDescription } from '@kanikit/spec';

/** What nodes of kind mount into every container; the executor fails when it empties the file system between two stages. */
const productFile = '/product_uuid';

/**
 * Paths that the executor leaves alone on this cluster. A client can't look at nodes, but kind names its contexts `kind-NAME`, and inside of a
 * cluster of kind our own container has the file.
 */
export function ignoredPaths({ kind, name }: ClusterDescription): readonly string[] {
  const isKind = name.startsWith('kind-') || (kind === 'in-cluster' && existsSync(productFile));
  return isKind ? [productFile] : [];
}
