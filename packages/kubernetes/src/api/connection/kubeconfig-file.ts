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
  const value = await parse(bytes, file);
  checkKind(value, file);
  return decodeKubeconfig(value, { file, path: '' });
}

async function parse(bytes: Uint8Array, file: string): Promise<unknown> {
  const { readYaml, YamlError, yamlText } = await import('@kanikit/toolkit/yaml');
  try {
    return await readYaml(yamlText(bytes));
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
