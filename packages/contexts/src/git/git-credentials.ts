import { type ContextDelivery, KanikitError } from '@kanikit/spec';
import type { GitReference } from './git-reference.ts';

/** User name and password for a Git server, and the variables in which the executor takes them. */
export interface GitCredentials {
  readonly username: string;
  readonly password: string;
  readonly secretEnv: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What stands in the URL, else `GIT_TOKEN`, else `GIT_USERNAME` and `GIT_PASSWORD`; read as the executor reads them, which sends a token as
 * user name with an empty password. Undefined where there is none, and for ssh.
 *
 * @throws KanikitError `git-reference-invalid`
 */
export function findGitCredentials(reference: GitReference, env: Environment): GitCredentials | undefined {
  if (reference.transport === 'ssh') return undefined;
  const token = env['GIT_TOKEN'] ?? '';
  const pair = reference.credentials ?? {
    username: env['GIT_USERNAME'] ?? '',
    password: env['GIT_PASSWORD'] ?? '',
  };
  const isToken = reference.credentials === undefined && token !== '';
  const { username, password } = isToken ? { username: token, password: '' } : pair;
  if (username === '' && password === '') return undefined;
  if (/[\0\r\n]/.test(username + password)) throw broken();
  return {
    username,
    password,
    secretEnv: isToken ? { GIT_TOKEN: token } : { GIT_USERNAME: username, GIT_PASSWORD: password },
  };
}

/** The same from a secret in the cluster, for the executor only. */
export function credentialsFromSecret(secret: string): NonNullable<ContextDelivery['envFromSecrets']> {
  return {
    GIT_TOKEN: { secret, key: 'token', isOptional: true },
    GIT_USERNAME: { secret, key: 'username', isOptional: true },
    GIT_PASSWORD: { secret, key: 'password', isOptional: true },
  };
}

function broken(): KanikitError {
  return new KanikitError({
    code: 'git-reference-invalid',
    message: 'Reading the credentials for the Git server: they have a line break.',
    hint: 'Look at GIT_TOKEN, GIT_USERNAME and GIT_PASSWORD: a file read into a variable often ends with one.',
  });
}
