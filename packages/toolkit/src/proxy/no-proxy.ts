import { domainToASCII } from 'node:url';
import { type Address, addressOf, isInside, networkOf } from './ip-address.ts';

/** An address in the parts that `NO_PROXY` looks at. */
export interface ProxyTarget {
  /** In small letters, without brackets. */
  readonly host: string;
  readonly port: string;
  /** Set where the host is an IP address. */
  readonly address: Address | undefined;
}

/** Whether a list such as `.corp.example,10.0.0.0/8,host:8443` names the target. */
export function exempts(list: string, target: ProxyTarget): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || entryExempts(entry, target));
}

function entryExempts(entry: string, { host, port, address }: ProxyTarget): boolean {
  const network = networkOf(entry);
  if (network !== undefined) return address !== undefined && isInside(address, network);
  const [name, wantedPort] = splitPort(entry) ?? [entry, ''];
  if (name === '' || (wantedPort !== '' && wantedPort !== port)) return false;
  const wanted = addressOf(name);
  if (wanted !== undefined) return address?.join() === wanted.join();
  return address === undefined && isBelow(host, name);
}

/** `corp.example` names itself and all below it, `.corp.example` and `*.corp.example` all below it. */
function isBelow(host: string, name: string): boolean {
  const isWholeToo = !name.startsWith('.') && !name.startsWith('*.');
  const bare = name.replace(/^\*?\./, '');
  // What is no name of a host in other scripts stays as it is written.
  const ascii = /^[\u0000-\u007f]*$/.test(bare) ? bare : domainToASCII(bare) || bare;
  return host.endsWith(`.${ascii}`) || (isWholeToo && host === ascii);
}

/** Go's `net.SplitHostPort`; undefined where there is no port, or it is unclear which part that is. */
function splitPort(entry: string): readonly [string, string] | undefined {
  const [, bracketed, bracketedPort] = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(entry) ?? [];
  if (bracketed !== undefined) return [bracketed, bracketedPort ?? ''];
  const [, name, port] = /^([^:[\]]*):([^:[\]]*)$/.exec(entry) ?? [];
  return name === undefined ? undefined : [name, port ?? ''];
}
