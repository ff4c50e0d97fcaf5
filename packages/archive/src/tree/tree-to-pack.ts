import type { IgnoreMatcher } from '../ignore/ignore-matcher.ts';
import type { ContextWeight } from './context-weight.ts';
import { createEntryReader, type MtimePolicy, type PackEntry, rootEntry } from './pack-entry.ts';
import { walkTree } from './walk-tree.ts';

export interface TreeToPack {
  /** Real path. */
  readonly root: string;
  readonly matcher: IgnoreMatcher;
  /** Text that is the same for the same ignore rules. */
  readonly rules: string;
  readonly mtime: MtimePolicy;
  /** Contents of the Dockerfiles that travel along: the context's own, then those that share it. */
  readonly dockerfiles: readonly Uint8Array[];
  /** Further names at the root to be hidden from `COPY`. */
  readonly hiddenNames: readonly string[];
}

/** Entries from one pause to the next: about a millisecond of work. */
const pauseEntries = 256;

/**
 * The tree's entries in the archive's order, and `undefined` as an occasion to let others run.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
 */
export function* listEntries(
  { root, matcher, mtime }: Pick<TreeToPack, 'root' | 'matcher' | 'mtime'>,
  weight: ContextWeight,
): Generator<PackEntry | undefined, void> {
  const readEntry = createEntryReader(mtime);
  let described = 0;
  yield rootEntry;
  for (const listed of walkTree(root, matcher)) {
    if (listed === undefined) {
      yield undefined;
    } else {
      const entry = readEntry(listed);
      weight.add(entry);
      yield entry;
      if ((described += 1) % pauseEntries === 0) yield undefined;
    }
  }
}
