import { lstatSync } from 'node:fs';
import type { ContextEntry } from '@kanikit/spec';
import { errorCode } from '../errors/context-errors.ts';
import { toSystemPath } from '../names/system-path.ts';
import type { IgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { walkWholeTree, type WholeEntry } from './walk-whole-tree.ts';

/** Tells what is left out, in step with a walk of what is kept. */
export interface IgnoredLister {
  /** What is left out before this kept path, which is the next one; undefined for the end. */
  before(kept: string | undefined): Generator<ContextEntry, void>;
}

/**
 * Walks everything along with the kept paths, which come in the same order: whatever is between two of them is ignored. A kept path comes
 * after the directories it is in, so a directory that is not kept itself holds nothing that is.
 */
export function createIgnoredLister(root: string, matcher: IgnoreMatcher): IgnoredLister {
  const all = walkWholeTree(root);
  let next = all.next();
  return {
    *before(kept) {
      while (next.done !== true && next.value.path !== kept) {
        const entry = next.value;
        let sizeBytes = sizeOf(root, entry);
        next = all.next();
        while (next.done !== true && next.value.path.startsWith(`${entry.path}/`)) {
          sizeBytes += sizeOf(root, next.value);
          next = all.next();
        }
        const ignoredBy = matcher.explain(entry.path);
        // What no rule leaves out has come into the tree since the other walk passed.
        if (ignoredBy !== undefined) yield { path: entry.path, type: entry.type, sizeBytes, ignoredBy };
      }
      if (next.done !== true) next = all.next();
    },
  };
}

function sizeOf(root: string, { path, type }: WholeEntry): number {
  if (type !== 'file') return 0;
  try {
    return lstatSync(toSystemPath(root, path)).size;
  } catch (error) {
    // Ignored files may vanish or be unreadable.
    if (errorCode(error) === undefined) throw error;
    return 0;
  }
}
