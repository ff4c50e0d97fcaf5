/**
 * The path as it is once unpacked: without `./`, `/` in front or at the end, and without `..` beyond the top. An archive's names may have a megabyte, on
 * which `posix.normalize` takes time that grows with the square of their length.
 */
export function normalEntryPath(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.join('/');
}

/** What a relative link of an entry leads to. */
export function joinedEntryPath(entry: string, link: string): string {
  return normalEntryPath(`${entry.slice(0, entry.lastIndexOf('/') + 1)}${link}`);
}

/** True for a relative path that leads out of where it is unpacked. */
export function leadsOut(path: string): boolean {
  if (path.startsWith('/')) return false;
  let depth = 0;
  for (const name of path.split('/')) {
    if (name === '..') depth -= 1;
    else if (name !== '' && name !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
