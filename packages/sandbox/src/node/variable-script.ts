import type { ContainerPlan } from './container-plan.ts';
import { quote } from './quote.ts';

/**
 * Exports the values of a container's variables under names that no program knows. Variables such as `LOCPATH` make programs read and run files of
 * the container, and the programs of the set-up still have the machine's rights. By `export` and not as arguments: every user of the machine
 * can see those.
 */
export function carrierLines(env: ContainerPlan['env']): readonly string[] {
  return [...env.values()].map((value, index) => `export ${carrier(index)}=${quote(value)}`);
}

/** The last step of the set-up, without any rights of the machine: gives the variables their names and becomes the program in `"$@"`. */
export function variableScript(
  { env, workingDir }: Pick<ContainerPlan, 'env' | 'workingDir'>,
  envProgram: string,
): string {
  const entries = [...env.keys()].map((name, index) => ({ name, carrier: carrier(index) }));
  const exported = entries.filter(({ name }) => isExported(name));
  const others = entries.filter(({ name }) => !isExported(name));
  const command = [
    envProgram,
    ...ofTheShell.filter((name) => !env.has(name)).map((name) => `-u ${name}`),
    ...others.map((entry) => `-u ${entry.carrier}`),
    '-C',
    quote(workingDir),
    '--',
    ...others.map((entry) => `${quote(`${entry.name}=`)}"$${entry.carrier}"`),
    '"$@"',
  ];
  return [
    ...exported.map((entry) => `export ${entry.name}="$${entry.carrier}"; unset ${entry.carrier}`),
    `exec ${command.join(' ')}`,
  ].join('\n');
}

function carrier(index: number): string {
  return `KANIKIT_VALUE_${index}`;
}

const ofTheShell = ['PWD', 'OLDPWD', 'SHLVL', '_', 'LC_ALL', 'PATH'];
/** Names that would change the shell or the loader of `env`. */
const touchyVariables =
  /^(?:LD_.*|BASH.*|SHELLOPTS|ENV|E?UID|PPID|IFS|OPTIND|PWD|OLDPWD|SHLVL|_|GLIBC_TUNABLES)$/;

function isExported(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !touchyVariables.test(name);
}
