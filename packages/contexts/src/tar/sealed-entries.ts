import { encodeTarHeader, tarPaddingBytes } from '../archive/tar-header.ts';

/**
 * Names of Dockerfiles that hold a seal of all that comes before them. They are the last entries of the archive, and the executor is told
 * their names: of an archive that was cut off, or is another one, it builds nothing.
 */
export function sealedNames(count: number, seal: string): readonly string[] {
  if (count === 1) return [`.kanikit.${seal}.Dockerfile`];
  return Array.from({ length: count }, (_, index) => `.kanikit.${seal}.${index}.Dockerfile`);
}

/**
 * The entries of sealed Dockerfiles. Beside each lies an ignore file, which the executor prefers to the context's own: it hides what was put
 * in, and nothing else, since what is in a tar is what docker builds from.
 *
 * @param folder inside of the archive, '' for its top
 * @param alsoHidden further names in that folder
 */
export function sealedEntries(
  dockerfiles: readonly Uint8Array[],
  names: readonly string[],
  folder: string,
  alsoHidden: readonly string[],
): Buffer {
  const hidden = [...names.flatMap((name) => [name, ignoreFileOf(name)]), ...alsoHidden];
  const ignoreFile = Buffer.from(['# Written by kanikit: what it has put in.', ...hidden, ''].join('\n'));
  const prefix = folder === '' ? '' : `${folder}/`;
  const entries = names.flatMap((name, index) => [
    ...fileEntry(prefix + ignoreFileOf(name), ignoreFile),
    ...fileEntry(prefix + name, dockerfiles[index]!),
  ]);
  return Buffer.concat(entries);
}

function ignoreFileOf(name: string): string {
  return `${name}.dockerignore`;
}

function fileEntry(path: string, contents: Uint8Array): readonly Uint8Array[] {
  const header = encodeTarHeader({ path, type: 'File', mode: 0o644, sizeBytes: contents.length, mtime: 0 });
  return [header, contents, Buffer.alloc(tarPaddingBytes(contents.length))];
}
