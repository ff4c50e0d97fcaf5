import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import type { Socket } from 'node:net';

/** `TCP_ESTABLISHED`. Other states are of sockets that no process holds any more; the kernel says they are root's. */
const establishedState = '01';

/**
 * User id of the process at the other end of a connection over loopback, asked of the kernel; undefined where it can't be told, e.g. because the
 * connection has just ended.
 */
export async function peerOwner(socket: Socket): Promise<number | undefined> {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  for (const [file, render] of [
    ['/proc/net/tcp', renderAddress],
    ['/proc/net/tcp6', renderMappedAddress],
  ] as const) {
    const own = `${render(remoteAddress)}:${renderPort(remotePort)}`;
    const other = `${render(localAddress)}:${renderPort(localPort)}`;
    const owner = findOwner(await readFile(file, 'utf8').catch(() => ''), own, other);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function findOwner(table: string, own: string, other: string): number | undefined {
  const start = table.indexOf(` ${own} ${other} ${establishedState} `);
  if (start < 0) return undefined;
  // Columns: own address, other address, state, queues, timer, retransmissions, user id.
  const fields = table
    .slice(start, start + 200)
    .trim()
    .split(/\s+/, 7);
  const owner = Number(fields[6]);
  return Number.isSafeInteger(owner) ? owner : undefined;
}

/** As the kernel prints it: a number in the byte order of the machine. */
function renderAddress(address: string): string {
  const bytes = address.split('.').map(Number);
  return hexOf(endianness() === 'LE' ? bytes.toReversed() : bytes);
}

/** Programs whose sockets speak both versions of IP have an IPv4 address mapped into one of version 6. */
function renderMappedAddress(address: string): string {
  const marker = [0, 0, 0xff, 0xff];
  return `${'0'.repeat(16)}${hexOf(endianness() === 'LE' ? marker.toReversed() : marker)}${renderAddress(address)}`;
}

function renderPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

function hexOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}
