import { KanikitError } from '@kanikit/spec';
import { azureHosts } from './executor-url.ts';

export interface AzureReference {
  readonly account: string;
  readonly container: string;
  readonly key: string;
  /** Where the reference names a host. */
  readonly endpoint: string | undefined;
  /** The signature that the reference carries. */
  readonly sasToken: string | undefined;
}

/** What the executor takes in other buckets where no object is named. */
const defaultKey = 'context.tar.gz';

/** `az://account/container/blob`, and the blob's own URL in one of Azure's clouds. */
export function isAzureReference(reference: string): boolean {
  return /^az:\/\//i.test(reference) || cloudUrl(reference) !== undefined;
}

/** @throws KanikitError `context-unknown` */
export function parseAzureReference(reference: string): AzureReference {
  const url = cloudUrl(reference);
  const path = url?.pathname.slice(1) ?? reference.replace(/^az:\/\//i, '');
  if (url === undefined && path.includes('?')) {
    throw new KanikitError({
      code: 'context-unknown',
      message:
        'Opening the build context: behind az:// there is a query, which is for the https address of a blob.',
      hint: 'Write https://ACCOUNT.blob.core.windows.net/container/blob?…, or put the signature into AZURE_STORAGE_SAS_TOKEN.',
    });
  }
  const parts = path.split('/');
  const account = url === undefined ? (parts.shift() ?? '') : url.hostname.split('.')[0]!;
  const [container = '', ...key] = parts;
  if (account === '' || container === '') {
    throw new KanikitError({
      code: 'context-unknown',
      message: `Opening the build context: ${url === undefined ? JSON.stringify(reference) : url.origin + url.pathname} names no container.`,
      hint: 'Write it as az://account/container/blob.',
    });
  }
  return {
    account,
    container,
    key: decode(key.join('/'), url !== undefined) || defaultKey,
    endpoint: url?.origin,
    sasToken: url?.searchParams.has('sig') === true ? url.search.slice(1) : undefined,
  };
}

function cloudUrl(reference: string): URL | undefined {
  const url = /^https:\/\//i.test(reference) ? URL.parse(reference) : null;
  return url !== null && azureHosts.some((host) => url.hostname.endsWith(`.${host}`)) ? url : undefined;
}

function decode(key: string, isUrl: boolean): string {
  try {
    return isUrl ? decodeURIComponent(key) : key;
  } catch {
    // A percent sign that stands for itself.
    return key;
  }
}
