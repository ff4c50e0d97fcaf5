// The whole module: an import by name of what a release of Node lacks fails before any line runs.
import zlib, { type Gunzip, type ZstdDecompress } from 'node:zlib';
import { KanikitError } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';

/** Compressions of a tar that are undone here; `tar` has none. */
export type ArchiveFormat = 'tar' | 'gzip' | 'zstd';

/** Bytes needed to tell the format. */
export const formatProbeBytes = 512;

const magics: readonly (readonly [name: string, magic: Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['bzip2', Buffer.from('BZh')],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18])],
  ['zip', Buffer.from('PK\u0003\u0004')],
];
const checksum = { start: 148, end: 156 };

/**
 * What the first bytes of an archive say.
 *
 * @param name of the archive, for messages
 * @throws KanikitError `context-archive-unsupported` for what can't be unpacked, with the command that helps
 */
export function requireArchiveFormat(head: Buffer, name: string): ArchiveFormat {
  const compression = magics.find(([, magic]) => head.subarray(0, magic.length).equals(magic))?.[0];
  if (compression === 'gzip') return 'gzip';
  // Node has it since 22.15.
  if (compression === 'zstd' && typeof zlib.createZstdDecompress === 'function') return 'zstd';
  if (compression === undefined && isTarHeader(head)) return 'tar';
  throw new KanikitError({
    code: 'context-archive-unsupported',
    message: asSentence(`Opening the build context ${name}: ${describe(head, compression)}`),
    hint: isWebPage(head) ? pageHint : hintFor(compression),
  });
}

/** The stream that undoes a compression. */
export function createDecoder(format: 'gzip' | 'zstd', chunkSize: number): Gunzip | ZstdDecompress {
  return format === 'gzip' ? zlib.createGunzip({ chunkSize }) : zlib.createZstdDecompress({ chunkSize });
}

function describe(head: Buffer, compression: string | undefined): string {
  if (head.length === 0) return 'it is empty';
  if (isWebPage(head)) return 'it is a web page, not a tar archive';
  if (compression === undefined) return 'it is not a tar archive';
  return compression === 'zip' ? 'it is a zip archive' : `it is compressed with ${compression}`;
}

function hintFor(compression: string | undefined): string {
  if (compression === undefined)
    return 'Give a tar file, plain or compressed with gzip or zstd, or a directory.';
  if (compression === 'zip') return 'Unpack it and build from the directory.';
  const reason =
    compression === 'zstd' ? 'This release of Node can not undo it' : 'Only gzip and zstd are undone here';
  return `${reason}: pipe it in, as in "${compression} -dc FILE | kanikit build -", or make it anew with gzip.`;
}

const pageHint =
  'If it is the page of a repository, add .git to the address: https://host/path.git. Otherwise name the archive itself; a page in its place is often a log-in.';

/** What servers send in place of an archive: the page of a repository, a log-in, an error with status 200. */
function isWebPage(head: Buffer): boolean {
  const start = head
    .toString('latin1', 0, 64)
    .replace(/^[^<]{0,3}\s*/, '')
    .toLowerCase();
  return ['<!doctype html', '<html', '<head', '<!-- '].some((words) => start.startsWith(words));
}

function isTarHeader(head: Buffer): boolean {
  if (head.length < formatProbeBytes) return false;
  const expected = Number.parseInt(head.toString('latin1', checksum.start, checksum.end), 8);
  const block = Buffer.from(head.subarray(0, formatProbeBytes)).fill(0x20, checksum.start, checksum.end);
  // Two zero blocks are an empty archive.
  return block.reduce((sum, byte) => sum + byte, 0) === expected || head.every((byte) => byte === 0);
}
