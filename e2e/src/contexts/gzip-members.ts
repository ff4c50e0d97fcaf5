import { type InflateRaw, inflateRawSync } from 'node:zlib';

const headerBytes = 10;
const trailerBytes = 8;

/** The gzip members that an archive is made of, in order. They have no optional header fields, as all that this project writes. */
export function splitGzipMembers(archive: Buffer): readonly Buffer[] {
  const members: Buffer[] = [];
  for (let rest = archive; rest.length > 0;) {
    if (rest.readUInt16BE(0) !== 0x1f8b || rest[3] !== 0) throw new Error('no plain gzip member begins here');
    const body = rest.subarray(headerBytes);
    const { engine } = inflateRawSync(body, { info: true }) as unknown as { engine: InflateRaw };
    const bytes = headerBytes + engine.bytesWritten + trailerBytes;
    members.push(rest.subarray(0, bytes));
    rest = rest.subarray(bytes);
  }
  return members;
}
