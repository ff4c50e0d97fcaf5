import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { ByteRange } from '../registry/byte-range.ts';
import type { Segment } from './bucket-records.ts';

/** Streams the bytes `start` to `end` (included) of files laid end to end, and ends the response. */
export async function sendSegments(
  folder: string,
  segments: readonly Segment[],
  { start, end }: ByteRange,
  response: ServerResponse,
): Promise<void> {
  await pipeline(readSegments(folder, segments, start, end), response);
}

async function* readSegments(
  folder: string,
  segments: readonly Segment[],
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let offset = 0;
  for (const { file, sizeBytes } of segments) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, sizeBytes - 1);
    offset += sizeBytes;
    if (from > to) continue;
    yield* createReadStream(join(folder, file), { start: from, end: to, highWaterMark: 256 * 1024 });
  }
}
