import { setImmediate } from 'node:timers/promises';
import type { PackProgress, RunContext } from '@kanikit/spec';
import type { IgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { createBlockWriter } from './block-writer.ts';
import { createGzipPipeline } from './gzip-pipeline.ts';
import { readLargeFile } from './large-file.ts';
import { closeFile } from './open-file.ts';
import { createProgressReporter } from './progress.ts';
import { createTreeWriter, type MtimePolicy } from './tree-writer.ts';
import { walkTree } from './walk-tree.ts';

/** A file of the archive that is not on disk. */
export interface SyntheticFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

export interface TreeToPack {
  readonly root: string;
  readonly matcher: IgnoreMatcher;
  /** Written last; one with the path of a file of the tree takes its place. */
  readonly syntheticFiles: readonly SyntheticFile[];
  readonly mtime: MtimePolicy;
}

/** Longest time others in this process wait for us. */
const sliceMs = 8;
/** Zero bytes at the end: two end blocks, and enough more that Go's reader never waits for EOF behind them. */
const trailerBytes = 10 * 1024;

/**
 * Packs a tree as a gzip-compressed tar, a member per mebibyte; the same tar for the same tree on every machine.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
 */
export async function* packTree(
  tree: TreeToPack,
  onProgress: ((progress: PackProgress) => void) | undefined,
  run: RunContext,
): AsyncGenerator<Uint8Array, void> {
  const pipeline = createGzipPipeline();
  const writer = createBlockWriter(pipeline);
  const progress = createProgressReporter(onProgress, run.now);
  const treeWriter = createTreeWriter(tree.root, tree.mtime, writer);
  const replaced = new Set(tree.syntheticFiles.map((file) => file.path));
  let sliceEnd = performance.now() + sliceMs;

  const shift = async (): Promise<Uint8Array> => {
    const member = await pipeline.shift();
    run.signal.throwIfAborted();
    progress.addArchiveBytes(member.length);
    progress.tick();
    return member;
  };

  run.signal.throwIfAborted();
  // Without it the executor makes the context 0750, and `COPY . /app` locks out every user but root.
  treeWriter.writeRoot();
  for (const entry of walkTree(tree.root, tree.matcher)) {
    if (replaced.has(entry.path)) continue;
    const large = treeWriter.write(entry);
    if (large !== undefined) {
      try {
        for await (const _read of readLargeFile(large, writer)) {
          run.signal.throwIfAborted();
          while (pipeline.isFull) yield await shift();
        }
      } finally {
        closeFile(large);
      }
    }
    if (entry.kind !== 'directory') progress.addFile(treeWriter.lastBytes);
    writer.flush();
    while (pipeline.isFull) yield await shift();
    if (performance.now() > sliceEnd) {
      await setImmediate();
      run.signal.throwIfAborted();
      progress.tick();
      sliceEnd = performance.now() + sliceMs;
    }
  }
  for (const file of tree.syntheticFiles) treeWriter.writeSynthetic(file.path, file.contents);
  writer.writeZeros(trailerBytes);
  writer.flush(true);
  while (pipeline.length > 0) yield await shift();
  progress.end();
}
