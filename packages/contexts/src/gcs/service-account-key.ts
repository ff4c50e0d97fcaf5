import { readWholeFile } from '@kanikit/toolkit/files';
import { KanikitError } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';

/** No such file is this long; one named by mistake may be. */
const largestBytes = 16 * 1024 * 1024;

/** A service account's key, as Google's JSON file holds it. */
export interface ServiceAccountKey {
  readonly type: 'service_account';
  readonly client_email: string;
  readonly private_key: string;
}

/** @throws KanikitError `bucket-options-invalid` */
export async function readServiceAccountKey(
  file: string,
): Promise<{ readonly key: ServiceAccountKey; readonly text: string }> {
  const bytes = await readWholeFile(file, { largestBytes }).catch((error: unknown) => {
    throw invalid(file, `it can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  });
  const text = bytes.toString('utf8');
  const key = parse(text);
  if (!isServiceAccountKey(key)) throw invalid(file, "it is not a service account's key in JSON");
  return { key, text };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the file.
    return undefined;
  }
}

function isServiceAccountKey(value: unknown): value is ServiceAccountKey {
  if (typeof value !== 'object' || value === null) return false;
  const { type, client_email, private_key } = value as Partial<Record<keyof ServiceAccountKey, unknown>>;
  return type === 'service_account' && typeof client_email === 'string' && typeof private_key === 'string';
}

function invalid(file: string, reason: string): KanikitError {
  return new KanikitError({
    code: 'bucket-options-invalid',
    message: asSentence(`Reading the Google key file ${JSON.stringify(file)}: ${reason}`),
    hint: 'Name the JSON key of a service account. Other kinds of credentials are found by themselves (GOOGLE_APPLICATION_CREDENTIALS, gcloud auth application-default login).',
  });
}
