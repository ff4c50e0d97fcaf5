import { isIPv4, isIPv6 } from 'node:net';

/** Bytes of an address: 4, or 16. */
export type Address = readonly number[];

/** Bytes of a written address; undefined for anything else. An IPv4 address in the dress of IPv6 is the IPv4 address. */
export function addressOf(text: string): Address | undefined {
  const bytes = bytesOf(text);
  return bytes === undefined ? undefined : bare(bytes);
}

/** Addresses that begin with the same bits. */
export interface Network {
  readonly address: Address;
  readonly bits: number;
}

/** Reads `10.0.0.0/8`, `fd00::/8`; undefined for anything else. */
export function networkOf(text: string): Network | undefined {
  const [, written = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const bytes = bytesOf(written);
  const bits = Number(digits);
  if (bytes === undefined || bits > bytes.length * 8) return undefined;
  const isMapped = bytes.length === 16 && bits >= 96 && bare(bytes).length === 4;
  return isMapped ? { address: bare(bytes), bits: bits - 96 } : { address: bytes, bits };
}

export function isInside(address: Address, network: Network): boolean {
  if (address.length !== network.address.length) return false;
  return address.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, network.bits - index * 8));
    const mask = (0xff00 >> bits) & 0xff;
    return (byte & mask) === ((network.address[index] ?? 0) & mask);
  });
}

export function isLoopback(address: Address): boolean {
  if (address.length === 4) return address[0] === 127;
  return address.every((byte, index) => byte === (index === 15 ? 1 : 0));
}

function bytesOf(text: string): Address | undefined {
  if (isIPv4(text)) return text.split('.').map(Number);
  // One with a zone is not an address of its own.
  if (!isIPv6(text) || text.includes('%')) return undefined;
  // Written without names, leading zeros and dots.
  const plain = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [before = '', after] = plain.split('::');
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const head = groups(before);
  const tail = groups(after ?? '');
  const zeros = Array.from({ length: after === undefined ? 0 : 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function bare(bytes: Address): Address {
  const isMapped =
    bytes.length === 16 && bytes.slice(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 255));
  return isMapped ? bytes.slice(12) : bytes;
}
