import type { ApiObject } from '../objects.ts';

/** A write as watchers see it. */
export interface StoreChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly object: ApiObject;
  /** The object before the write: what a selector is matched against to tell "left the selection" from "changed". */
  readonly previous: ApiObject | undefined;
  readonly version: number;
}

/** How many writes a watch can fall behind before it gets `410 Expired`: enough for minutes of a busy build farm. */
const windowSize = 5000;

export interface ChangeWindow {
  add(change: StoreChange): void;
  /** Every change after `version`, or undefined when some of them are gone. */
  since(version: number): readonly StoreChange[] | undefined;
}

/** The last changes, complete from `startVersion` on. */
export function createChangeWindow(startVersion: number, size: number = windowSize): ChangeWindow {
  let completeFrom = startVersion;
  const changes: StoreChange[] = [];
  return {
    add(change) {
      changes.push(change);
      // Trimmed in blocks, so that a write costs no shifting of the whole array.
      if (changes.length < size * 2) return;
      const dropped = changes.splice(0, changes.length - size);
      completeFrom = dropped.at(-1)!.version;
    },
    since(version) {
      if (version < completeFrom) return undefined;
      let first = changes.length;
      while (first > 0 && changes[first - 1]!.version > version) first -= 1;
      return changes.slice(first);
    },
  };
}
