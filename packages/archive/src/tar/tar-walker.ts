import { Header } from 'tar/header';
import { parsePax, type PaxFields } from './parse-pax.ts';

export const tarBlockBytes = 512;

/** A file, directory or link of an archive. */
export interface WalkedEntry {
  /** As the archive has it: with `./` in front, or `/` at the end of a directory. */
  readonly path: string;
  /** Names of the `tar` package: `File`, `Directory`, `SymbolicLink`, `Link`, … */
  readonly type: string;
  readonly sizeBytes: number;
  readonly linkpath: string;
}

/** Takes the content of an entry, in pieces. */
export type ContentSink = (piece: Buffer) => void;

/** Follows a tar block by block, by the rules of Go's reader, which is the one that will unpack it. */
export interface TarWalker {
  /**
   * Takes the next whole blocks; tells how many bytes of them lie before the archive's end.
   *
   * @throws Error for what is not a tar
   */
  push(blocks: Buffer): number;
  /** True at the zero block behind the last entry. */
  readonly isEnded: boolean;
}

/** Longest name or pax header, that of Go's reader. */
const largestMetaBytes = 1024 * 1024;
/** Links, devices, directories and pipes have no content, whatever their size field says. */
const withoutContent = /^[1-6]$/;
/** Where an old GNU sparse header, or a block of its map, says that a block of the map follows. */
const sparseFlags = { header: 482, map: 504 };

export function createTarWalker(onEntry: (entry: WalkedEntry) => ContentSink | undefined): TarWalker {
  let isEnded = false;
  let contentLeft = 0;
  let blocksLeft = 0;
  let sink: ContentSink | undefined;
  let isSparseMap = false;
  /** What pax headers and GNU's long names say of the next entry. */
  let fields: PaxFields = {};

  const collect = (header: Header, take: (bytes: Buffer) => PaxFields): void => {
    const sizeBytes = header.size ?? 0;
    if (sizeBytes > largestMetaBytes) throw new Error('it has a header that is too long');
    const pieces: Buffer[] = [];
    let left = sizeBytes;
    sink = (piece) => {
      pieces.push(Buffer.from(piece));
      left -= piece.length;
      if (left === 0) fields = { ...fields, ...take(Buffer.concat(pieces)) };
    };
  };

  const readHeader = (block: Buffer): void => {
    const header = new Header(block, 0, fields);
    if (header.nullBlock) {
      isEnded = true;
      return;
    }
    if (!header.cksumValid) throw new Error('it has no tar header where one must be');
    const type = header.typeKey === 'Unsupported' ? String.fromCharCode(block[156] ?? 0) : header.typeKey;
    const hasContent = !withoutContent.test(type);
    contentLeft = hasContent ? (header.size ?? 0) : 0;
    blocksLeft = Math.ceil(contentLeft / tarBlockBytes);
    sink = undefined;
    switch (type) {
      case 'x': {
        return collect(header, parsePax);
      }
      case 'L': {
        return collect(header, (bytes) => ({ path: textOf(bytes) }));
      }
      case 'K': {
        return collect(header, (bytes) => ({ linkpath: textOf(bytes) }));
      }
      case 'g': {
        return;
      }
      default: {
        const path = fields.path ?? header.path ?? '';
        const linkpath = fields.linkpath ?? header.linkpath ?? '';
        fields = {};
        isSparseMap = type === 'S' && block[sparseFlags.header] !== 0;
        sink = onEntry({ path, type: header.type, sizeBytes: contentLeft, linkpath });
      }
    }
  };

  return {
    get isEnded() {
      return isEnded;
    },
    push(blocks) {
      let at = 0;
      while (at < blocks.length && !isEnded) {
        if (isSparseMap) {
          isSparseMap = blocks[at + sparseFlags.map] !== 0;
          at += tarBlockBytes;
        } else if (blocksLeft > 0) {
          const count = Math.min(blocksLeft, (blocks.length - at) / tarBlockBytes);
          const end = at + count * tarBlockBytes;
          const content = blocks.subarray(at, Math.min(end, at + contentLeft));
          contentLeft -= content.length;
          blocksLeft -= count;
          sink?.(content);
          at = end;
        } else {
          readHeader(blocks.subarray(at, at + tarBlockBytes));
          if (!isEnded) at += tarBlockBytes;
        }
      }
      return at;
    },
  };
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}
