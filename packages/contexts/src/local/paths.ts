import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is the directory itself or below it. Both are absolute and real. */
export function isInside(directory: string, path: string): boolean {
  const between = relative(directory, path);
  return between === '' || (between !== '..' && !between.startsWith(`..${sep}`) && !isAbsolute(between));
}
