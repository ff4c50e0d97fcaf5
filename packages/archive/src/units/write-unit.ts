import type { TimeSlice } from '../async/time-slice.ts';
import type { MtimePolicy } from '../tree/pack-entry.ts';
import { frameUnit } from './frame-unit.ts';
import type { Unit } from './plan-units.ts';
import { readContent } from './read-content.ts';

/**
 * Writes a unit in tar form; answers with its length.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
 */
export async function writeUnit(
  root: string,
  mtime: MtimePolicy,
  unit: Unit,
  buffer: Buffer,
  slice: TimeSlice,
): Promise<number> {
  const { sizeBytes, gaps } = frameUnit(mtime, unit, buffer);
  for (const { entry, range, offset } of gaps) {
    const reading = readContent(root, entry, range, buffer, offset);
    if (reading !== undefined) await reading;
    if (slice.isOver) await slice.rest();
  }
  return sizeBytes;
}
