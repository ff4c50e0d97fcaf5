import { readWholeFile } from '@kanikit/toolkit/files';
import { decodeKubeconfig, type Kubeconfig } from './kubeconfig.ts';
import { kubeconfigError } from './kubeconfig-error.ts';

/** No such file is this long; one named by mistake may be. */
const largestBytes = 16 * 1024 * 1024;

/**
 * Reads one file; undefined when it does not exist.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export async function readKubeconfigFile(file: string): Promise<Kubeconfig | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readWholeFile(file, { largestBytes });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw kubeconfigError(file, code === 'EISDIR' ? 'it is a folder' : `it can't be read (${code})`, error);
  }
  const value = await parse(decodeText(bytes, file), file);
  checkKind(value, file);
  return decodeKubeconfig(value, { file, path: '' });
}

/** UTF-8, or what the marks of UTF-16 say: a kubeconfig that PowerShell wrote begins with one. */
function decodeText(bytes: Buffer, file: string): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw kubeconfigError(file, 'it is not text in UTF-8', error);
  }
}

async function parse(text: string, file: string): Promise<unknown> {
  const { readYaml, YamlError } = await import('@kanikit/toolkit/yaml');
  try {
    return await readYaml(text);
  } catch (error) {
    throw error instanceof YamlError ? kubeconfigError(file, error.message) : error;
  }
}

/** A file of another kind, named by mistake, may have fields of the same names. */
function checkKind(value: unknown, file: string): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object' || Array.isArray(value))
    throw kubeconfigError(file, 'it holds no kubeconfig, but something else');
  const { apiVersion, kind } = value as Readonly<Record<string, unknown>>;
  if (!isUnsaidOr('v1', apiVersion)) throw kubeconfigError(file, 'its apiVersion must be v1');
  if (!isUnsaidOr('Config', kind)) throw kubeconfigError(file, 'its kind must be Config');
}

function isUnsaidOr(wanted: string, value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === wanted;
}
