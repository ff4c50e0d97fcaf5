import { Header } from 'tar/header';
import { Pax } from 'tar/pax';
import { encodeBytes } from '../names/byte-string.ts';
import { writePlainHeader } from './plain-header.ts';
import type { TarEntry } from './tar-entry.ts';

const tarBlockBytes = 512;
/** Largest size of an entry that fits the octal field; larger ones take a pax record. */
const largestOctalSize = 0o77777777777;
const nameField = { start: 0, end: 100 };
const linkField = { start: 157, end: 257 };
const prefixField = { start: 345, end: 500 };
const checksumField = { start: 148, end: 156 };
const delete7 = 0x7f;
const epoch = new Date(0);

/** The header blocks of an entry, owner 0:0, with a pax header before them where names or sizes need one. */
export function encodeTarHeader(entry: TarEntry): Buffer {
  const block = Buffer.alloc(tarBlockBytes);
  const pax = encodeBlock(entry, block);
  return pax === undefined ? block : Buffer.concat([pax, block]);
}

/** As `encodeTarHeader`, the same bytes, into a buffer with room for it; answers with the bytes written. */
export function writeTarHeader(entry: TarEntry, buffer: Buffer, offset: number): number {
  const end = offset + tarBlockBytes;
  const block = buffer.fill(0, offset, end).subarray(offset, end);
  if (writePlainHeader(entry, block, encodeBlock)) return tarBlockBytes;
  const pax = encodeBlock(entry, block);
  if (pax === undefined) return tarBlockBytes;
  buffer.copyWithin(offset + pax.length, offset, end);
  pax.copy(buffer, offset);
  return pax.length + tarBlockBytes;
}

/** Fills a zeroed block; answers with the pax header that must come before it. */
function encodeBlock(entry: TarEntry, block: Buffer): Buffer | undefined {
  // The encoders of `tar` take text. A name that is not UTF-8 goes through them with DEL in place of each byte that is
  // not ASCII, and gets its bytes back afterwards.
  const isRaw = !entry.path.isWellFormed() || entry.linkpath?.isWellFormed() === false;
  const path = isRaw ? maskBytes(entry.path) : entry.path;
  const linkpath = isRaw && entry.linkpath !== undefined ? maskBytes(entry.linkpath) : entry.linkpath;
  const name = entry.type === 'Directory' ? `${path}/` : path;
  const header = new Header({
    path: name,
    linkpath: linkpath ?? '',
    type: entry.type,
    mode: entry.mode,
    size: entry.sizeBytes,
    uid: 0,
    gid: 0,
    mtime: entry.mtime === 0 ? epoch : new Date(entry.mtime * 1000),
  });
  const needsPax = header.encode(block);
  if (block[prefixField.start + 1] === 0) removeDotPrefix(block);
  if (isRaw) restoreHeader(block, entry);
  if (!needsPax) return undefined;
  const pax = new Pax({
    path: name,
    ...(linkpath !== undefined && { linkpath }),
    ...(entry.sizeBytes > largestOctalSize && { size: entry.sizeBytes }),
  }).encode();
  if (isRaw) restoreBytes(pax, { start: tarBlockBytes, end: pax.length }, rawBytes(entry));
  return pax;
}

/** Zero bytes behind an entry's content up to the next block. */
export function tarPaddingBytes(sizeBytes: number): number {
  return (tarBlockBytes - (sizeBytes % tarBlockBytes)) % tarBlockBytes;
}

const isMasked = (byte: number): boolean => byte >= delete7;

function maskBytes(text: string): string {
  return Buffer.from(encodeBytes(text).map((byte) => (isMasked(byte) ? delete7 : byte))).toString('latin1');
}

function maskedBytes(text: string): number[] {
  return [...encodeBytes(text)].filter((byte) => isMasked(byte));
}

function rawBytes(entry: TarEntry): number[] {
  return [...maskedBytes(entry.path), ...maskedBytes(entry.linkpath ?? '')];
}

interface Field {
  readonly start: number;
  readonly end: number;
}

function restoreHeader(block: Buffer, entry: TarEntry): void {
  const path = maskedBytes(entry.path);
  restoreBytes(block, prefixField, path);
  restoreBytes(block, nameField, path);
  restoreBytes(block, linkField, maskedBytes(entry.linkpath ?? ''));
  writeChecksum(block);
}

/** A name of exactly 100 bytes gets `.` as its prefix from the package, and would come out as `./name`. */
function removeDotPrefix(block: Buffer): void {
  if (block[prefixField.start] !== '.'.charCodeAt(0)) return;
  block[prefixField.start] = 0;
  writeChecksum(block);
}

function writeChecksum(block: Buffer): void {
  block.fill(0x20, checksumField.start, checksumField.end);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, checksumField.start, 'latin1');
}

/** Puts the bytes, used up from the front, where the field holds DEL. */
function restoreBytes(block: Buffer, field: Field, bytes: number[]): void {
  for (let at = field.start; at < field.end; at += 1) {
    if (block[at] === delete7 && bytes.length > 0) block[at] = bytes.shift()!;
  }
}
