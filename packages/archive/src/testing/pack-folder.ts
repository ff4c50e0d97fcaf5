import type { PackedArchive, PackOptions, RunContext } from '@kanikit/spec';
import { testRun } from '@kanikit/testing';
import { packTree } from '../pack/pack-tree.ts';
import type { TreeToPack } from '../tree/tree-to-pack.ts';
import { createIgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { parseIgnoreFile } from '../ignore/parse-ignore-file.ts';

export interface FolderToPack extends Partial<Omit<TreeToPack, 'matcher' | 'rules'>> {
  readonly ignore?: string;
  readonly options?: PackOptions;
  readonly run?: RunContext;
}

/** Packs a folder with a Dockerfile of its own making. */
export function packFolder(root: string, folder: FolderToPack = {}): PackedArchive {
  const { ignore = '', options = {}, run = testRun(), ...tree } = folder;
  const matcher = createIgnoreMatcher(parseIgnoreFile(Buffer.from(ignore)));
  const dockerfiles = [Buffer.from('FROM scratch\n')];
  return packTree(
    { root, matcher, rules: ignore, mtime: 'zero', dockerfiles, hiddenNames: [], ...tree },
    options,
    run,
  );
}
