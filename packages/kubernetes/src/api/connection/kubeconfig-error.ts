import { KanikitError } from '@kanikit/spec';

/** Broken kubeconfig: which file, where in it, what is wrong. */
export function kubeconfigError(file: string, problem: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'kubeconfig-invalid',
    message: `Reading the kubeconfig ${file}: ${problem}.`,
    hint: 'Correct the file, or name another one with `cluster.kubeconfig` or KUBECONFIG.',
    cause,
  });
}
