import type { Seal } from '../dockerfiles/seal.ts';

/**
 * Names of Dockerfiles that hold a seal of all that comes before them. They are the last entries of the archive, and the executor is told
 * their names: of an archive that was cut off, or is another one, it builds nothing.
 */
export function sealedNames(count: number, seal: string): readonly string[] {
  if (count === 1) return [`.kanikit.${seal}.Dockerfile`];
  return Array.from({ length: count }, (_value, index) => `.kanikit.${seal}.${index}.Dockerfile`);
}

/**
 * The seal of a tar that others have made. Beside each Dockerfile lies an ignore file, which the executor prefers to the context's own: it
 * hides what was put in, and nothing else, since docker takes no rules from inside of a tar.
 *
 * @param folder inside of the archive, '' for its top
 * @param hiddenNames further names that the executor itself puts into the context
 */
export function createTarSeal(
  names: readonly string[],
  dockerfiles: readonly Uint8Array[],
  folder: string,
  hiddenNames: readonly string[],
): Seal {
  const prefix = folder === '' ? '' : `${folder}/`;
  const ignoreFiles = names.map((name) => `${name}.dockerignore`);
  const lines = ['# Written by kanikit: what it has put in.', ...names, ...ignoreFiles, ...hiddenNames, ''];
  const ignoreText = Buffer.from(lines.join('\n'));
  return {
    dockerfiles: names,
    files: [
      ...ignoreFiles.map((path) => ({ path: prefix + path, contents: ignoreText })),
      ...names.map((path, index) => ({ path: prefix + path, contents: dockerfiles[index]! })),
    ],
  };
}
