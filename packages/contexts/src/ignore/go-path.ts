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
  return text
    .replace(/^[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+/u, '')
    .replace(/[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+$/u, '');
}
