import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors/context-errors.ts';
import { encodeTarHeader, tarPaddingBytes } from '../format/tar-header.ts';

/** Hexadecimal digits of a digest that prove enough. */
const digestDigits = 20;
const fileMode = 0o644;

/** The end of an archive: Dockerfiles under names that no other archive has, so that what is cut off or taken for another builds nothing. */
export interface Seal {
  /** Values of the executor's `--dockerfile`. */
  readonly dockerfiles: readonly string[];
  /** Hides from `COPY` what was not in the context. */
  readonly files: readonly SealFile[];
}

interface SealFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** The text that stands for an archive in the names of its Dockerfiles. */
export function sealOf(digest: Buffer): string {
  return digest.toString('hex').slice(0, digestDigits);
}

/**
 * Names the Dockerfiles. The executor reads an archive that was cut off between two entries without complaint, so they come last and have
 * names that tell what comes before them.
 *
 * The executor applies ignore rules a second time, and gets some wrong. It reads `<Dockerfile>.dockerignore` first, so each has one that
 * names nothing but what was put in here; the context's own ignore file then travels as plain content.
 *
 * @param hiddenNames further names that the executor itself puts into the context
 */
export function createSeal(
  root: string,
  seal: string,
  dockerfiles: readonly Uint8Array[],
  hiddenNames: readonly string[],
): Seal {
  const names = findFreeNames(root, seal, dockerfiles.length);
  const ignoreFiles = names.map((name) => `${name}.dockerignore`);
  const lines = ['# Written by kanikit: the context was filtered already.', ...names, ...ignoreFiles];
  const ignoreText = Buffer.from([...lines, ...hiddenNames, ''].join('\n'));
  return {
    dockerfiles: names,
    files: [
      ...ignoreFiles.map((path) => ({ path, contents: ignoreText })),
      ...names.map((path, index) => ({ path, contents: dockerfiles[index]! })),
    ],
  };
}

/** The seal in tar form. */
export function encodeSealFiles({ files }: Seal): Buffer {
  const pieces = files.flatMap(({ path, contents }) => [
    encodeTarHeader({ path, type: 'File', mode: fileMode, sizeBytes: contents.length, mtime: 0 }),
    contents,
    Buffer.alloc(tarPaddingBytes(contents.length)),
  ]);
  return Buffer.concat(pieces);
}

function findFreeNames(root: string, seal: string, count: number): readonly string[] {
  for (let attempt = 0; ; attempt += 1) {
    const stem = attempt === 0 ? `.kanikit.${seal}` : `.kanikit.${seal}-${attempt}`;
    const names =
      count === 1
        ? [`${stem}.Dockerfile`]
        : Array.from({ length: count }, (_value, index) => `${stem}.${index}.Dockerfile`);
    if (names.every((name) => isAbsent(root, name) && isAbsent(root, `${name}.dockerignore`))) return names;
  }
}

function isAbsent(root: string, name: string): boolean {
  try {
    return lstatSync(join(root, name), { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    // Too long for the file system, so there is none.
    if (errorCode(error) === 'ENAMETOOLONG') return true;
    throw error;
  }
}
