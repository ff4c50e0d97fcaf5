import { createHash } from 'node:crypto';
import { Parser, type ReadEntry, list } from 'tar';

/** An entry of an image. */
export interface ImageEntry {
  /** Relative to the root, without a slash at the end. */
  readonly path: string;
  /** `File`, `Directory`, `SymbolicLink`, `Link`. */
  readonly type: string;
  readonly mode: number;
  /** Of files: SHA-256 of their content in hexadecimal. */
  readonly sha256: string | undefined;
  /** Of links: where they lead. */
  readonly target: string | undefined;
}

/** What is in the layers of an image in docker's archive format, the last layer's say for each path, in the order of paths. */
export async function readImageEntries(file: string): Promise<readonly ImageEntry[]> {
  const layers: Promise<readonly ImageEntry[]>[] = [];
  await list({
    file,
    strict: true,
    onReadEntry: (entry) => {
      if (entry.path.endsWith('.tar.gz')) layers.push(readLayer(entry));
      else entry.resume();
    },
  });
  const entries = (await Promise.all(layers)).flat();
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()].toSorted((left, right) =>
    left.path < right.path ? -1 : 1,
  );
}

async function readLayer(layer: ReadEntry): Promise<readonly ImageEntry[]> {
  const entries: ImageEntry[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const hash = createHash('sha256');
      entry.on('data', (chunk) => hash.update(chunk));
      entry.on('end', () => {
        const path = entry.path.replace(/^\/|\/$/g, '');
        if (path === '') return;
        const { type, mode = 0, linkpath } = entry;
        const isFile = type === 'File';
        entries.push({
          path,
          type,
          mode,
          sha256: isFile ? hash.digest('hex') : undefined,
          target: isFile || type === 'Directory' ? undefined : linkpath,
        });
      });
    },
  });
  parser.on('end', resolve).on('error', reject);
  layer.pipe(parser);
  await promise;
  return entries;
}
