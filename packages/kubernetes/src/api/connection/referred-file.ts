import path from 'node:path';
import { readWholeFile } from '@kanikit/toolkit/files';
import { kubeconfigError } from './kubeconfig-error.ts';
import type { Place } from './kubeconfig-value.ts';

/** No certificate, key or token is this long; a file named by mistake may be. */
const largestBytes = 16 * 1024 * 1024;

/**
 * The text of a file that a field of a kubeconfig names.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export async function readReferredFile(place: Place, field: string, reference: string): Promise<string> {
  const location = resolveBeside(place.file, reference);
  try {
    return (await readWholeFile(location, { largestBytes })).toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw kubeconfigError(
      place.file,
      `${place.path}.${field} names ${location}, which can't be read (${code})`,
      error,
    );
  }
}

/**
 * Text that is in the kubeconfig itself (`…-data`) or in a file of its own; undefined when it has neither.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export async function readData(
  place: Place,
  field: string,
  { data, file }: { readonly data: string; readonly file: string },
): Promise<string | undefined> {
  if (data !== '' && file !== '')
    throw kubeconfigError(place.file, `${place.path} has both ${field} and ${field}-data`);
  if (data !== '') return data;
  return file === '' ? undefined : readReferredFile(place, field, file);
}

/** Paths in a kubeconfig are relative to the file that they are in. */
export function resolveBeside(file: string, reference: string): string {
  return path.resolve(path.dirname(file), reference);
}
