import type { PackedArchive, PackOptions, RunContext } from '@kanikit/spec';
import { openTreeIndex, type TreeIndex } from '../stat-index/tree-index.ts';
import { createPackedArchive } from '../output/packed-archive.ts';
import { produceParts } from './produce-parts.ts';
import { createProgressReporter } from '../output/progress.ts';
import { createSeal, type Seal, sealOf } from '../dockerfiles/seal.ts';
import { surveyTree, type TreeSurvey } from './survey-tree.ts';
import type { TreeToPack } from '../tree/tree-to-pack.ts';

/**
 * Packs a tree as a gzip-compressed tar; the same tar for the same tree on every machine. What is decided by content (where members begin, the
 * digest, the names of the Dockerfiles) is decided by tar bytes: compressed ones may differ from one zlib to the next.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
 */
export function packTree(
  tree: TreeToPack,
  { onProgress, seal, indexFolder, cut = 'parts' }: Omit<PackOptions, 'sharedWith'>,
  run: RunContext,
): PackedArchive {
  const makeSeal = (text: string): Seal => createSeal(tree.root, text, tree.dockerfiles, tree.hiddenNames);
  const given = seal === undefined ? undefined : makeSeal(seal);
  const sealBody = (bodyDigest: Buffer): Seal => given ?? makeSeal(sealOf(bodyDigest));
  const ended = new AbortController();

  let opening: Promise<TreeIndex> | undefined;
  const openIndex = async (): Promise<TreeIndex | undefined> => {
    if (indexFolder === undefined || cut === 'stream') return undefined;
    opening ??= openTreeIndex({ ...tree, folder: indexFolder }, run.now);
    return await opening;
  };
  let looking: Promise<TreeSurvey> | undefined;
  const survey = async (index: TreeIndex | undefined): Promise<TreeSurvey> => {
    const signal = AbortSignal.any([run.signal, ended.signal]);
    looking ??= surveyTree(tree, index, sealBody, onProgress !== undefined, signal);
    return await looking;
  };

  return createPackedArchive({
    dockerfiles: given?.dockerfiles,
    async known() {
      const index = await openIndex();
      return index?.isEmpty === false ? (await survey(index)).summary : undefined;
    },
    async *produce() {
      const progress = createProgressReporter(onProgress, run.now);
      const index = await openIndex();
      if (onProgress !== undefined) {
        survey(index).then(
          ({ files, bytes }) => progress.setTotals(files, bytes),
          // The packing meets the same error, or has ended.
          () => {},
        );
      }
      try {
        return yield* produceParts({ tree, cut, index, makeSeal: sealBody, progress }, run);
      } finally {
        ended.abort();
      }
    },
  });
}
