import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { supportsFlag } from '../flags/supports-flag.ts';
import type { DockerfileLint } from './rule.ts';

/** Words that name secrets, as docker's own check has them (`SecretsUsedInArgOrEnv`). */
const secretWords = /(?:^|_)(?:api_?key|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const harmlessWords = /(?:^|_)(?:public|cache)(?:_|$)/i;
/** What such a variable holds is where the secret is: GOOGLE_APPLICATION_CREDENTIALS is a path. */
const placeNames = /_(?:file|path|dir|sock|socket)$/i;
const absolutePath = /^\/[\w.-]+(?:\/[\w.-]+)*$/;

function isSecretName(name: string): boolean {
  return secretWords.test(name) && !harmlessWords.test(name);
}

function isPlace(name: string, value: string): boolean {
  return placeNames.test(name) || absolutePath.test(value);
}

/** Warns about variables of the pod that look like secrets and are given as plain values. */
export function lintPodVariables(
  variables: Readonly<Record<string, unknown>>,
): readonly Omit<DockerfileLint, 'line' | 'isFatal'>[] {
  return Object.entries(variables)
    .filter(
      ([name, value]) =>
        typeof value === 'string' && value !== '' && isSecretName(name) && !isPlace(name, value),
    )
    .map(([name]) => ({
      code: 'env-secret',
      message: `The variable ${name} of the pod looks like a secret: whoever may read pods sees its value, and it stays in recorded runs.`,
      hint: 'Take it from a secret of the cluster: `pod.envFrom: NAME`.',
    }));
}

/** Warns about build args that look like secrets: their values stay in the pod's arguments, in cache keys and in the image's history. */
export function lintBuildArguments(
  names: readonly string[],
  executor: ExecutorRelease,
): readonly Omit<DockerfileLint, 'line' | 'isFatal'>[] {
  return names
    .filter((name) => isSecretName(name) && !placeNames.test(name))
    .map((name) => ({
      code: 'build-arg-secret',
      message: `The build argument ${name} looks like a secret: its value can be read in the pod and in the history of the image.`,
      hint: supportsFlag(executor, 'secret')
        ? `Use \`secrets: id=${name.toLowerCase()},env=${name}\`, and RUN --mount=type=secret,id=${name.toLowerCase()} in the Dockerfile.`
        : 'Choose osscontainertools 1.26.3 or later, which mounts build secrets (`secrets`).',
    }));
}
