import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const dayMs = 24 * 60 * 60 * 1000;
/** A tree that was not packed anew for so long is read once more: a folder of indexes does not grow for ever. */
const longestLifeMs = 30 * dayMs;
/** No packing takes so long: what is still partial then was left by a process that died. */
const longestPackingMs = dayMs;

/** @throws the file system's errors */
export function sweepIndexes(folder: string, nowMs: number): void {
  for (const name of readdirSync(folder)) {
    const lifeMs = name.endsWith('.partial') ? longestPackingMs : longestLifeMs;
    if (!/\.index(?:\..{1,255}\.partial)?$/.test(name)) continue;
    const file = join(folder, name);
    // Another process may sweep as well.
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats !== undefined && stats.mtimeMs < nowMs - lifeMs) rmSync(file, { force: true });
  }
}
