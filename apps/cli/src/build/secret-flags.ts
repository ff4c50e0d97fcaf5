import type { BuildSecret } from '@kanikit/spec';
import { shapeOf } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads `id=NAME[,src=FILE|,env=VAR|,k8s=SECRET/KEY]` as `docker build --secret` does: without a source, the variable of that name, else the file.
 *
 * @throws KanikitError `usage`
 */
export function secretFlags(flags: readonly string[], env: Env): readonly BuildSecret[] {
  return flags.map((flag) => secretOf(flag, env));
}

function secretOf(flag: string, env: Env): BuildSecret {
  const given = new Map<string, string>();
  for (const part of flag.split(',')) {
    const [, key = '', value = ''] = /^([a-z0-9]+)=(.+)$/s.exec(part) ?? [];
    const name = key === 'source' ? 'src' : key;
    if (!['id', 'src', 'env', 'k8s', 'type'].includes(name) || given.has(name)) throw invalid(flag);
    given.set(name, value);
  }
  const id = given.get('id');
  const sources = ['src', 'env', 'k8s'].filter((name) => given.has(name));
  const type = given.get('type');
  if (id === undefined || sources.length > 1 || !['file', 'env', undefined].includes(type))
    throw invalid(flag);
  const existing = given.get('k8s');
  if (existing !== undefined) {
    const [secret = '', key = '', ...rest] = existing.split('/');
    if (secret === '' || key === '' || rest.length > 0 || type !== undefined) throw invalid(flag);
    return { id, secret, key };
  }
  const file = given.get('src');
  const variable = given.get('env') ?? (type === 'env' ? (file ?? id) : undefined);
  if (variable !== undefined) {
    if (type === 'file') throw invalid(flag);
    return { id, env: variable };
  }
  if (file === undefined && type === undefined && env[id] !== undefined) return { id, env: id };
  return { id, file: file ?? id };
}

function invalid(flag: string): Error {
  return usageError(
    `--secret takes id=NAME with src=FILE, env=VAR or k8s=SECRET/KEY; got "${shapeOf(flag)}".`,
    'As in docker: --secret id=npm,env=NPM_TOKEN, --secret id=npmrc,src=.npmrc.',
  );
}
