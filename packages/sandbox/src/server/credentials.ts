import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writePrivateFile } from './private-file.ts';

/** The secrets of a sandbox, made once. */
export interface SandboxCredentials {
  /** Bearer token of the API's administrator. */
  readonly token: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly registryUsername: string;
  readonly registryPassword: string;
}

export async function loadCredentials(path: string): Promise<SandboxCredentials> {
  const kept = await readCredentials(path);
  // One of an earlier release may lack some.
  const made: SandboxCredentials = {
    token: randomBytes(32).toString('base64url'),
    accessKeyId: `KANIKIT${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
    registryUsername: 'kanikit',
    registryPassword: randomBytes(30).toString('base64url'),
    ...kept,
  };
  if (kept !== undefined && Object.keys(kept).length === Object.keys(made).length) return made;
  await writePrivateFile(path, `${JSON.stringify(made, undefined, 2)}\n`);
  return made;
}

async function readCredentials(path: string): Promise<Partial<SandboxCredentials> | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Partial<SandboxCredentials>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
