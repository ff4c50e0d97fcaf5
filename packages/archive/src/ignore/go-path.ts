import { stripEnds } from '@kanikit/toolkit/text';

const whiteSpace =
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';

/** Go's `path.Clean` (which is `filepath.Clean` on Unix): the shortest equivalent path. */
export function cleanPath(path: string): string {
  if (path === '') return '.';
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (segment !== '..' || !isRooted) kept.push(segment);
  }
  const joined = kept.join('/');
  if (isRooted) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

/** Go's `strings.TrimSpace`: Unicode white space, but not the byte order mark that JavaScript trims too. */
export function trimSpace(text: string): string {
  return stripEnds(text, whiteSpace);
}
