import type { KanikitErrorCode } from '@kanikit/spec';
import { parseBoolean } from '@kanikit/toolkit/text';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { reservedFlags } from './reserved-flags.ts';

/** A variable of the container that runs the executor; without a value where only the cluster knows it. */
export interface PodVariable {
  readonly name: string;
  readonly value: string | undefined;
}

/** What the build asks for that a variable could contradict. */
export interface VariableOptions {
  readonly isPushed: boolean;
  /** True where kanikit or a secret of the namespace gives the pod a `config.json`. */
  readonly hasCredentials: boolean;
}

/** What is wrong with a variable: a `problem` is refused, a `warning` told. */
export interface VariableFinding {
  readonly kind: 'problem' | 'warning';
  readonly code: KanikitErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** Where the pod's `config.json` is mounted. */
const credentialFolder = /^\/kaniko\/\.docker\/?$/;

/** Variables that stand for flags which kanikit keeps to itself, and what they would have to be. Source: `init` of the executor's `root.go`. */
const flagVariables: Readonly<
  Record<
    string,
    {
      readonly flag: string;
      readonly hint: string;
      readonly isFine: (value: string, options: VariableOptions) => boolean;
    }
  >
> = {
  KANIKO_NO_PUSH: {
    flag: 'no-push',
    hint: 'To build without pushing, say so (`push: false`).',
    isFine: (value, { isPushed }) =>
      parseBoolean(value) === false || (!isPushed && parseBoolean(value) === true),
  },
  KANIKO_DIR: {
    flag: 'kaniko-dir',
    hint: reservedFlags.get('kaniko-dir') ?? '',
    isFine: (value) => /^(?:\/kaniko\/?)?$/.test(value),
  },
};

/** Finds variables that make the executor do something else than the request says; they decide without a line in any argument list. */
export function checkVariables(
  variables: readonly PodVariable[],
  executor: ExecutorRelease,
  options: VariableOptions,
): readonly VariableFinding[] {
  return variables.flatMap((variable) => [
    ...flagFinding(variable, options),
    ...credentialFinding(variable, executor, options),
  ]);
}

function flagFinding({ name, value }: PodVariable, options: VariableOptions): readonly VariableFinding[] {
  const known = Object.hasOwn(flagVariables, name) ? flagVariables[name] : undefined;
  if (known === undefined) return [];
  const hint = `Take ${name} out of the pod's environment. ${known.hint}`;
  if (value === undefined) {
    if (known.flag === 'no-push' && !options.isPushed) return [];
    const message = `The pod takes ${name} from the cluster: its value may contradict what the build asks for.`;
    return [{ kind: 'warning', code: 'environment-unknown', message, hint }];
  }
  if (known.isFine(value, options)) return [];
  const message = `Reading the environment of the pod: ${name}=${value} stands for --${known.flag}, and contradicts what the build asks for.`;
  return [{ kind: 'problem', code: 'environment-contradicts-request', message, hint }];
}

function credentialFinding(
  { name, value }: PodVariable,
  { distribution }: ExecutorRelease,
  { hasCredentials }: VariableOptions,
): readonly VariableFinding[] {
  if (!hasCredentials || value === '') return [];
  const isShadow =
    (name === 'DOCKER_AUTH_CONFIG' && distribution === 'osscontainertools') ||
    (name === 'DOCKER_CONFIG' && (value === undefined || !credentialFolder.test(value)));
  if (!isShadow) return [];
  const message = `The executor reads its registry credentials from ${name} of the pod, and not those that are mounted for the build.`;
  const hint = `Take ${name} out of the pod's environment, or name no other credentials.`;
  return [{ kind: 'warning', code: 'credentials-shadowed', message, hint }];
}
