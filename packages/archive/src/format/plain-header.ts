import type { TarEntry } from './tar-entry.ts';

/** A header whose name and size are zeros. */
interface Template {
  readonly block: Buffer;
  /** Of the block's bytes, the checksum's field taken for blanks. */
  readonly sum: number;
}

/** Most entries have one of a few modes; with times of their own they have as many as there are files. */
const mostTemplates = 64;
/** A name that fills its field is written with a prefix. */
const largestName = 99;
const sizeAt = 124;
const checksumAt = 148;
const checksumBytes = 8;
const [zeroDigit, blank, slash] = [0x30, 0x20, 0x2f];
const templates = new Map<string, Template>();

/**
 * Writes the header of a file or directory with a short ASCII name, several times faster than the package `tar`, which makes the templates. False
 * for all others.
 *
 * @param block zeroed
 * @param encode fills a zeroed block
 */
export function writePlainHeader(
  entry: TarEntry,
  block: Buffer,
  encode: (entry: TarEntry, block: Buffer) => unknown,
): boolean {
  const { path, type, mode, mtime, sizeBytes } = entry;
  const isDirectory = type === 'Directory';
  const digits = sizeBytes.toString(8);
  const isPlain = (type === 'File' || isDirectory) && path.length < largestName && digits.length <= 10;
  if (!isPlain || entry.linkpath !== undefined || !isAscii(path) || path.endsWith('/')) return false;
  const key = `${type} ${mode} ${mtime}`;
  const template =
    templates.get(key) ?? makeTemplate(key, { type, mode, mtime, path: '', sizeBytes: 0 }, encode);
  template.block.copy(block);
  let sum = template.sum;
  const put = (at: number, byte: number): void => {
    block[at] = byte;
    sum += byte;
  };
  for (let at = 0; at < path.length; at += 1) put(at, path.charCodeAt(at));
  if (isDirectory) put(path.length, slash);
  for (let at = 0; at < digits.length; at += 1) {
    // In place of the zeros of the template.
    sum -= zeroDigit;
    put(sizeAt + 10 - digits.length + at, digits.charCodeAt(at));
  }
  block.write(`${sum.toString(8).padStart(6, '0')} \0`, checksumAt, 'latin1');
  return true;
}

function makeTemplate(
  key: string,
  entry: TarEntry,
  encode: (entry: TarEntry, block: Buffer) => unknown,
): Template {
  const block = Buffer.alloc(512);
  encode({ ...entry, path: 'x' }, block);
  block[0] = 0;
  block[1] = 0;
  block.fill(blank, checksumAt, checksumAt + checksumBytes);
  const template = { block, sum: block.reduce((total, byte) => total + byte, 0) };
  if (templates.size >= mostTemplates) templates.clear();
  templates.set(key, template);
  return template;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f || code === 0) return false;
  }
  return text.length > 0;
}
