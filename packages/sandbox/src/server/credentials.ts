import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writePrivateFile } from './private-file.ts';

/** The secrets of a sandbox, made once. */
export interface SandboxCredentials {
  /** Bearer token of the API's administrator. */
  readonly token: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export async function loadCredentials(path: string): Promise<SandboxCredentials> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SandboxCredentials;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made: SandboxCredentials = {
    token: randomBytes(32).toString('base64url'),
    accessKeyId: `KANIKIT${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  await writePrivateFile(path, `${JSON.stringify(made, undefined, 2)}\n`);
  return made;
}
