import { encodeBytes } from './byte-string.ts';

const slash = Buffer.from('/');

/** The path of a context entry on this machine: text, or bytes where a name is not UTF-8. */
export function toSystemPath(root: string, path: string): string | Buffer {
  if (path === '') return root;
  if (path.isWellFormed()) return `${root}/${path}`;
  return Buffer.concat([Buffer.from(root), slash, encodeBytes(path)]);
}
