import type { Entry } from './kubeconfig-value.ts';
import { kubeconfigError } from './kubeconfig-error.ts';
import type { KubeconfigPlugin, KubeconfigUser } from './kubeconfig.ts';

const interactiveModes = ['Never', 'IfAvailable', 'Always'];

/**
 * Refuses a user that kubectl refuses, whatever of it is used in the end.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export function checkUser({ fields, place }: Entry<KubeconfigUser>): void {
  const problem = certificateProblem(fields) ?? methodProblem(fields) ?? actingProblem(fields) ?? undefined;
  if (problem !== undefined) throw kubeconfigError(place.file, `${place.path} ${problem}`);
  if (fields.plugin === undefined) return;
  const ofPlugin = pluginProblem(fields.plugin);
  if (ofPlugin !== undefined) throw kubeconfigError(place.file, `${place.path}.exec${ofPlugin}`);
}

function certificateProblem(user: KubeconfigUser): string | undefined {
  const hasCertificate = user.certificate !== '' || user.certificateFile !== '';
  if (!hasCertificate || user.key !== '' || user.keyFile !== '') return undefined;
  return 'has half of a client certificate: client-key is missing';
}

function methodProblem(user: KubeconfigUser): string | undefined {
  if (user.token !== '' && (user.username !== '' || user.password !== ''))
    return 'has both a token and a name and password, and only one of them can be sent';
  if (user.plugin !== undefined && user.authProvider !== undefined)
    return 'has both exec and auth-provider, and only one of them can be asked';
  return undefined;
}

function actingProblem({ actsAs, actsAsUid, actsAsGroups, actsAsExtra }: KubeconfigUser): string | undefined {
  if (actsAs !== '') return undefined;
  if (actsAsUid === '' && actsAsGroups.length === 0 && Object.keys(actsAsExtra).length === 0)
    return undefined;
  // The server would refuse it, and without the fields the stronger user would act.
  return 'names a uid, groups or extra fields to act with, but no user (as)';
}

function pluginProblem({ command, apiVersion, interactiveMode, env }: KubeconfigPlugin): string | undefined {
  if (command === '') return '.command is missing';
  if (apiVersion === '') return '.apiVersion is missing';
  const unnamed = env.findIndex(({ name }) => name === '');
  if (unnamed !== -1) return `.env[${unnamed}].name is missing`;
  // Older versions have a default.
  if (interactiveMode === '')
    return apiVersion.endsWith('/v1beta1') || apiVersion.endsWith('/v1alpha1')
      ? undefined
      : '.interactiveMode is missing';
  if (interactiveModes.includes(interactiveMode)) return undefined;
  return `.interactiveMode must be one of ${interactiveModes.join(', ')}`;
}
