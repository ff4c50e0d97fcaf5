// The whole module: an import by name of what a release of Node lacks fails before any line runs.
import zlib, { type Gunzip, type ZstdDecompress } from 'node:zlib';
import { KanikitError } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { describeNoTar, type NoTar } from './no-tar.ts';

/** Compressions of a tar that are undone here; `tar` has none. */
export type ArchiveFormat = 'tar' | 'gzip' | 'zstd';

/** Bytes needed to tell the format. */
export const formatProbeBytes = 512;

const gzipMagic = Buffer.from([0x1f, 0x8b]);
const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const checksum = { start: 148, end: 156 };

/**
 * What the first bytes of an archive say.
 *
 * @param name of the archive, for messages
 * @throws KanikitError `context-archive-unsupported` for what can't be unpacked, with the command that helps
 */
export function requireArchiveFormat(head: Buffer, name: string): ArchiveFormat {
  if (startsWith(head, gzipMagic)) return 'gzip';
  const isZstd = startsWith(head, zstdMagic);
  // Node has it since 22.15.
  if (isZstd && typeof zlib.createZstdDecompress === 'function') return 'zstd';
  if (isTarHeader(head)) return 'tar';
  if (isZstd) {
    throw unsupported(name, {
      what: 'compressed with zstd',
      hint: 'This release of Node can not undo it: pipe it in, as in "zstd -dc FILE | kanikit build -", or make it anew with gzip.',
    });
  }
  throw unsupported(name, describeNoTar(head));
}

/**
 * Checks the first bytes of what a compression holds.
 *
 * @throws KanikitError `context-archive-unsupported` for what is no tar
 */
export function requireTarInside(head: Buffer, format: 'gzip' | 'zstd', name: string): void {
  if (isTarHeader(head)) return;
  const isTwice = startsWith(head, gzipMagic) || startsWith(head, zstdMagic);
  const { what, hint } = describeNoTar(head);
  throw unsupported(
    name,
    isTwice
      ? {
          what: `compressed twice, with ${format} around another compression`,
          hint: `Undo the outer one, as in "${format} -dc FILE | kanikit build -".`,
        }
      : { what: `compressed with ${format}, and what that holds is ${what}`, hint },
  );
}

function unsupported(name: string, { what, hint }: NoTar): KanikitError {
  return new KanikitError({
    code: 'context-archive-unsupported',
    message: asSentence(`Opening the build context ${name}: it is ${what}`),
    hint,
  });
}

function startsWith(head: Buffer, magic: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
}

/** The stream that undoes a compression. */
export function createDecoder(format: 'gzip' | 'zstd', chunkSize: number): Gunzip | ZstdDecompress {
  return format === 'gzip' ? zlib.createGunzip({ chunkSize }) : zlib.createZstdDecompress({ chunkSize });
}

function isTarHeader(head: Buffer): boolean {
  if (head.length < formatProbeBytes) return false;
  const expected = Number.parseInt(head.toString('latin1', checksum.start, checksum.end), 8);
  const block = Buffer.from(head.subarray(0, formatProbeBytes)).fill(0x20, checksum.start, checksum.end);
  // Two zero blocks are an empty archive.
  return block.reduce((sum, byte) => sum + byte, 0) === expected || head.every((byte) => byte === 0);
}
