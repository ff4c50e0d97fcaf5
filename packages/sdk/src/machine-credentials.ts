import type { CredentialSource } from '@kanikit/spec';

/**
 * Docker's and podman's files and helpers of this machine: what a client uses by itself, for a source of yours that falls back on them.
 *
 * @example
 * const machine = machineCredentials();
 * const credentials = { specVersion: 1, resolve: async (registry, run) => (registry === mine ? own : machine.resolve(registry, run)) };
 */
export function machineCredentials(
  env: Readonly<Record<string, string | undefined>> = process.env,
): CredentialSource & Required<Pick<CredentialSource, 'locate'>> {
  const load = async () => {
    const { checkArgument, environmentSchema } = await import('./check/checks.ts');
    checkArgument(environmentSchema, env, 'the environment of machineCredentials()');
    return (await import('@kanikit/registries')).createDockerCredentials({ env });
  };
  let loaded: ReturnType<typeof load> | undefined;
  return {
    specVersion: 1,
    resolve: async (registry, run) => (await (loaded ??= load())).resolve(registry, run),
    locate: async (registry, run) => (await (loaded ??= load())).locate(registry, run),
  };
}
