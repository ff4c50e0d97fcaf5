import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { decodeBytes } from '../ignore/go-string.ts';
import { blockSlackBytes, type BlockWriter } from './block-writer.ts';
import { changedError, entryError, unsupportedFileError } from './context-errors.ts';
import { closeFile, openFile, type OpenFile, readSmallFile } from './open-file.ts';
import { toSystemPath } from './system-path.ts';
import { encodeTarHeader, tarPaddingBytes } from './tar-header.ts';
import type { TreeEntry } from './walk-tree.ts';

/** `zero` makes archives agree between machines; `keep` carries whole seconds over. */
export type MtimePolicy = 'zero' | 'keep';

/** Files up to here are read in one synchronous call, several times faster than round trips to the thread pool. */
const smallFileBytes = blockSlackBytes / 3;
const syntheticMode = 0o644;
const symlinkMode = 0o777;
// Docker's, whatever the folder has on this machine.
const rootMode = 0o755;
const isWindows = process.platform === 'win32';

/** Puts entries of a tree into tar form. */
export interface TreeWriter {
  /**
   * Writes an entry. Of a large file only the header is written: it comes back open, and its content is the caller's to write and close.
   *
   * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
   */
  write(entry: TreeEntry): OpenFile | undefined;
  /** Writes the entry of the root itself. */
  writeRoot(): void;
  writeSynthetic(path: string, contents: Uint8Array): void;
  /** Content bytes of the last entry. */
  readonly lastBytes: number;
}

export function createTreeWriter(root: string, mtime: MtimePolicy, writer: BlockWriter): TreeWriter {
  const firstNames = new Map<string, string>();
  const timeOf = (stats: Stats): number =>
    mtime === 'zero' ? 0 : Math.max(0, Math.floor(stats.mtimeMs / 1000));
  let lastBytes = 0;

  const writeFile = (path: string): OpenFile | undefined => {
    const file = openFile(root, path);
    let isHandedOut = false;
    try {
      const linkpath = file.identity === undefined ? undefined : firstNames.get(file.identity);
      const header = { path, mode: modeOf(file.stats), mtime: timeOf(file.stats) };
      if (linkpath !== undefined) {
        writer.write(encodeTarHeader({ ...header, type: 'Link', sizeBytes: 0, linkpath }));
        return undefined;
      }
      if (file.identity !== undefined) firstNames.set(file.identity, path);
      lastBytes = file.stats.size;
      writer.write(encodeTarHeader({ ...header, type: 'File', sizeBytes: lastBytes }));
      isHandedOut = lastBytes > smallFileBytes;
      if (isHandedOut) return file;
      readSmallFile(file, writer.buffer, writer.used);
      writer.advance(lastBytes);
      writer.writeZeros(tarPaddingBytes(lastBytes));
      return undefined;
    } finally {
      if (!isHandedOut) closeFile(file);
    }
  };

  const writeSymlink = (path: string): void => {
    const systemPath = toSystemPath(root, path);
    const target = attempt(path, () => decodeBytes(readlinkSync(systemPath, { encoding: 'buffer' })));
    const stats = mtime === 'zero' ? undefined : attempt(path, () => lstatSync(systemPath));
    const linkpath = isWindows ? target.replaceAll('\\', '/') : target;
    const time = stats === undefined ? 0 : timeOf(stats);
    writer.write(
      encodeTarHeader({ path, type: 'SymbolicLink', mode: symlinkMode, sizeBytes: 0, mtime: time, linkpath }),
    );
  };

  const writeDirectory = (path: string): void => {
    const stats = attempt(path, () => lstatSync(toSystemPath(root, path)));
    if (!stats.isDirectory()) throw changedError(path, 'was replaced');
    writer.write(
      encodeTarHeader({ path, type: 'Directory', mode: modeOf(stats), sizeBytes: 0, mtime: timeOf(stats) }),
    );
  };

  return {
    get lastBytes() {
      return lastBytes;
    },
    write({ path, kind }) {
      lastBytes = 0;
      switch (kind) {
        case 'file': {
          return writeFile(path);
        }
        case 'directory': {
          writeDirectory(path);
          return undefined;
        }
        case 'symlink': {
          writeSymlink(path);
          return undefined;
        }
        case 'socket':
        case 'pipe':
        case 'device': {
          throw unsupportedFileError(path, `a ${kind}`);
        }
      }
    },
    writeRoot() {
      writer.write(encodeTarHeader({ path: '.', type: 'Directory', mode: rootMode, sizeBytes: 0, mtime: 0 }));
    },
    writeSynthetic(path, contents) {
      writer.write(
        encodeTarHeader({ path, type: 'File', mode: syntheticMode, sizeBytes: contents.length, mtime: 0 }),
      );
      writer.write(contents);
      writer.writeZeros(tarPaddingBytes(contents.length));
    },
  };
}

function modeOf(stats: Stats): number {
  // Windows has no such bits; docker makes everything there executable.
  return isWindows ? 0o755 : stats.mode & 0o7777;
}

function attempt<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw entryError(path, error);
  }
}
