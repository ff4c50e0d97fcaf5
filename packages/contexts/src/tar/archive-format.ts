import { KanikitError } from '@kanikit/spec';

export type ArchiveFormat = 'gzip' | 'tar';

/** Bytes needed to tell the format. */
export const formatProbeBytes = 512;

const otherCompressions: readonly (readonly [name: string, magic: Buffer])[] = [
  ['bzip2', Buffer.from('BZh')],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['zip', Buffer.from('PK\u0003\u0004')],
];
const gzipMagic = Buffer.from([0x1f, 0x8b]);
const checksum = { start: 148, end: 156 };

/** What the first bytes say; undefined for what is no archive at all. */
function detectArchiveFormat(head: Buffer): ArchiveFormat | undefined {
  if (head.subarray(0, gzipMagic.length).equals(gzipMagic)) return 'gzip';
  return isTarHeader(head) ? 'tar' : undefined;
}

/** @throws KanikitError `context-archive-unsupported` for what the executor can't unpack */
export function requireArchiveFormat(head: Buffer, name: string): ArchiveFormat {
  const format = detectArchiveFormat(head);
  if (format !== undefined) return format;
  const compression = otherCompressions.find(([, magic]) =>
    head.subarray(0, magic.length).equals(magic),
  )?.[0];
  throw new KanikitError({
    code: 'context-archive-unsupported',
    message: `opening the build context ${name}: it is ${compression === undefined ? 'not a tar archive' : `compressed with ${compression}`}`,
    hint:
      compression === undefined
        ? 'Give a tar file, plain or compressed with gzip, or a directory.'
        : 'The executor unpacks gzip only: decompress it first, a plain tar is compressed on the way.',
  });
}

function isTarHeader(head: Buffer): boolean {
  if (head.length < formatProbeBytes) return false;
  const expected = Number.parseInt(head.toString('latin1', checksum.start, checksum.end), 8);
  const block = Buffer.from(head.subarray(0, formatProbeBytes)).fill(0x20, checksum.start, checksum.end);
  // Two zero blocks are an empty archive.
  return block.reduce((sum, byte) => sum + byte, 0) === expected || head.every((byte) => byte === 0);
}
