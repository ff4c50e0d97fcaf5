import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalSource } from '@kanikit/contexts/local';
import type { ArchiveSummary, PackedArchive } from '@kanikit/spec';
import type { PackJob, PackResult } from './pack-job.ts';

/** What a store would have after a run: digests of parts, and that of the whole. */
interface Stored {
  readonly archive: string;
  readonly parts: readonly string[];
}

const storedName = 'stored.json';

/** Packs as for a bucket: the parts that a run before this one has sent are not made again. */
export async function packOurs(job: PackJob, isFirst: boolean): Promise<Omit<PackResult, 'peakBytes'>> {
  const run = { signal: new AbortController().signal, now: Date.now };
  const request = {
    reference: job.root,
    dockerfile: job.dockerfile,
    workingDirectory: job.root,
    contextSubPath: undefined,
  };
  const context = await createLocalSource().open(request, run);
  if (context.kind !== 'archive') throw new Error('a directory is not an archive');
  const archive = context.pack({ indexFolder: job.indexFolder }, run);
  const storedFile = join(job.indexFolder, storedName);
  const stored: Stored = isFirst
    ? { archive: '', parts: [] }
    : (JSON.parse(await readFile(storedFile, 'utf8')) as Stored);
  const known = await archive.known();
  if (known?.digest === stored.archive) return { bytesOut: 0, ownPaths: [] };
  const sent = await send(archive, new Set(stored.parts), job.output);
  if (isFirst)
    await writeFile(storedFile, JSON.stringify({ archive: sent.summary.digest, parts: sent.parts }));
  const { dockerfiles } = sent.summary;
  return {
    bytesOut: sent.bytes,
    ownPaths: [...dockerfiles, ...dockerfiles.map((path) => `${path}.dockerignore`)],
  };
}

async function send(
  archive: PackedArchive,
  stored: ReadonlySet<string>,
  output: string,
): Promise<{ readonly bytes: number; readonly parts: readonly string[]; readonly summary: ArchiveSummary }> {
  const file = openSync(output, 'w');
  const parts: string[] = [];
  let bytes = 0;
  try {
    for await (const part of archive.parts) {
      parts.push(part.digest);
      if (stored.has(part.digest)) continue;
      bytes += part.sizeBytes;
      writeSync(file, await part.read());
    }
  } finally {
    closeSync(file);
  }
  return { bytes, parts, summary: await archive.summary };
}
