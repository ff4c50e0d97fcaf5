import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ContextWarning } from '@kanikit/spec';
import { makeFolder } from '@kanikit/toolkit/folders';
import { asSentence } from '@kanikit/toolkit/text';
import { describeCause } from '../errors/context-errors.ts';
import { type IndexIdentity, indexFileName } from './index-format.ts';
import { type IndexReader, openIndex } from './index-reader.ts';
import { createIndexWriter, type IndexWriter } from './index-writer.ts';
import { sweepIndexes } from './sweep-indexes.ts';
import { examineFileSystem } from './trusted-file-system.ts';

/**
 * The index of one tree. It only saves time: what is wrong with its file or its folder turns it off with a warning, and stops nothing.
 */
export interface TreeIndex {
  readonly rootDevice: number;
  readonly warnings: readonly ContextWarning[];
  /** True where nothing is known of the tree. */
  readonly isEmpty: boolean;
  /** The last packing's units; none where there is no index or it can't be used. */
  read(): IndexReader;
  write(): IndexWriter;
  /** Removes what turned out to be wrong. */
  forget(): void;
}

export interface IndexedTree extends Pick<IndexIdentity, 'root' | 'rules' | 'mtime'> {
  readonly folder: string;
}

const emptyReader: IndexReader = { find: () => undefined, peek: () => undefined, close: () => {} };

export async function openTreeIndex(tree: IndexedTree, now: () => number): Promise<TreeIndex> {
  const ground = await examineFileSystem(tree.root);
  const warnings: ContextWarning[] = [];
  const warn = (reason: string): void => {
    if (warnings.length === 0) warnings.push(indexOff(reason));
  };
  if (!ground.isTrusted) warn(ground.reason);
  else
    await makeFolder(tree.folder, 0o700).catch((error: unknown) =>
      warn(`${tree.folder}: ${describeCause(error)}`),
    );
  const rootDevice = ground.isTrusted ? ground.device : 0;
  const identity = { ...tree, rootDevice };
  const attempt = <Value>(work: () => Value): Value | undefined => {
    if (warnings.length > 0) return undefined;
    try {
      return work();
    } catch (error) {
      warn(`${tree.folder}: ${describeCause(error)}`);
      return undefined;
    }
  };
  const file = join(tree.folder, indexFileName(identity));
  return {
    rootDevice,
    warnings,
    isEmpty: warnings.length > 0 || !existsSync(file),
    read: () => attempt(() => openIndex(tree.folder, identity, now())) ?? emptyReader,
    write() {
      const writer = attempt(() => createIndexWriter(tree.folder, identity, now));
      return {
        addPart: (...part) => attempt(() => writer?.addPart(...part)),
        commit: () =>
          attempt(() => {
            writer?.commit();
            sweepIndexes(tree.folder, now());
          }),
        // What could not be written must go, whatever was wrong with it.
        discard: () => writer?.discard(),
      };
    },
    forget: () => attempt(() => rmSync(file, { force: true })),
  };
}

function indexOff(reason: string): ContextWarning {
  return {
    code: 'context-index-off',
    message: asSentence(`The whole context is read each time, since no index of it can be kept: ${reason}`),
  };
}
