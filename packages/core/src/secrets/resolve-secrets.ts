import { resolve } from 'node:path';
import { readWholeFile } from '@kanikit/toolkit/files';
import { type ResolvedExecutor, supportsFlag } from '@kanikit/kaniko';
import { type BuildSecret, type ExistingSecretFile, KanikitError, type SecretFile } from '@kanikit/spec';
import type { Environment } from '../model/environment.ts';
import type { ResolvedSecrets } from '../model/resolved-secrets.ts';

/** Below a path that the executor never snapshots; each file of an existing secret has a folder of its own. */
const folder = '/kaniko/kanikit-secrets';
/** As docker's: a secret is a key, not a payload; all of a build's have to go into one Kubernetes secret of a mebibyte. */
const largestBytes = 500 * 1024;
/** The executor makes a file of this name. */
const idPattern = /^[A-Za-z0-9_][-A-Za-z0-9_.]*$/;

/**
 * Reads the secrets of a build.
 *
 * @throws KanikitError `secret-unsupported` for an executor that mounts none, `secret-invalid`, `secret-unreadable`
 */
export async function resolveSecrets(
  secrets: readonly BuildSecret[],
  executor: ResolvedExecutor,
  environment: Pick<Environment, 'clientEnv' | 'workingDirectory'>,
): Promise<ResolvedSecrets> {
  if (secrets.length > 0 && !supportsFlag(executor, 'secret')) throw unsupported(executor);
  const mounts: { id: string; path: string }[] = [];
  const files: SecretFile[] = [];
  const existing: ExistingSecretFile[] = [];
  for (const [index, secret] of secrets.entries()) {
    const { id } = secret;
    if (!idPattern.test(id) || mounts.some((mount) => mount.id === id)) throw invalidId(id);
    if ('secret' in secret) {
      const path = `${folder}/${index}/value`;
      mounts.push({ id, path });
      existing.push({ path, secret: secret.secret, key: secret.key });
      continue;
    }
    const path = `${folder}/own/${index}`;
    mounts.push({ id, path });
    files.push({ path, content: await readSecret(secret, environment) });
  }
  return { mounts, files, existing };
}

/** Texts that may stand in a log because of these secrets: the values, and the lines of those that have several. */
export function secretTexts({ files }: ResolvedSecrets): readonly string[] {
  return files.flatMap(({ content }) => {
    const text = typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
    return [text.trim(), ...text.split('\n').map((line) => line.trim())];
  });
}

async function readSecret(
  secret: Exclude<BuildSecret, { readonly secret: string }>,
  { clientEnv, workingDirectory }: Pick<Environment, 'clientEnv' | 'workingDirectory'>,
): Promise<string | Uint8Array> {
  const content = await contentOf();
  if (Buffer.byteLength(content) <= largestBytes) return content;
  throw tooLarge(secret.id);

  async function contentOf(): Promise<string | Uint8Array> {
    if ('value' in secret) return secret.value;
    if ('env' in secret) {
      const value = clientEnv[secret.env];
      if (value !== undefined) return value;
      throw unreadable(secret.id, `the variable ${secret.env} is not set`);
    }
    try {
      return await readWholeFile(resolve(workingDirectory, secret.file), { largestBytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EFBIG') throw tooLarge(secret.id);
      throw unreadable(secret.id, (error as Error).message, error);
    }
  }
}

function tooLarge(id: string): KanikitError {
  return new KanikitError({
    code: 'secret-invalid',
    message: `Reading the build secret ${id}: it is larger than ${largestBytes / 1024} KiB.`,
    hint: 'Put large files into the context, or into a volume.',
  });
}

function unsupported({ distribution, version }: ResolvedExecutor): KanikitError {
  return new KanikitError({
    code: 'secret-unsupported',
    message: `Preparing the build secrets: Kaniko ${version} (${distribution}) mounts none.`,
    hint: 'Choose osscontainertools 1.26.3 or later; or mount an existing secret below /kaniko (`pod.volumes: secret=NAME:/kaniko/NAME`), where RUN can read it and no layer keeps it.',
  });
}

function invalidId(id: string): KanikitError {
  return new KanikitError({
    code: 'secret-invalid',
    message: `Preparing the build secrets: "${id}" is given twice, or is no name for a secret.`,
    hint: 'Use letters, digits, "-", "_" and ".".',
  });
}

function unreadable(id: string, reason: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'secret-unreadable',
    message: `Reading the build secret ${id}: ${reason}.`,
    hint: 'Name a file or variable of this machine, or a key of a secret that is in the cluster.',
    cause,
  });
}
