import type { ClientCredential } from './cluster-connection.ts';

/** Where an API server is. */
export interface ServerAddress {
  /** Without slashes at its end, and without a name and a password, which errors would repeat. */
  readonly server: string;
  /** Name and password of the address; as in Go, they count more than the token of a user. */
  readonly login?: ClientCredential;
}

/** Reads the `server` of a cluster: a URL, or a host for http, as kubectl takes them. Undefined when it is neither. */
export function readServerAddress(text: string): ServerAddress | undefined {
  const named = /^([a-z][a-z\d+.-]*):\/\/([^/?#].*)$/is.exec(text);
  const scheme = named?.[1]?.toLowerCase() ?? 'http';
  const rest = named?.[2] ?? text;
  // URL would drop these without a word, and Go refuses them.
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text) || /^[^/?#]*[\s\\]/.test(rest)) return undefined;
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const full = `${scheme}://${rest}`;
  const url = URL.parse(full);
  if (url === null || (named === null && url.pathname !== '/')) return undefined;
  if (url.username === '' && url.password === '') return { server: trimEnd(full) };
  const basic = { username: decode(url.username), password: decode(url.password) };
  return { server: trimEnd(full.replace(/^(https?:\/\/)[^/?#]*@/, '$1')), login: { basic } };
}

function trimEnd(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}

/** Text that is no encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
