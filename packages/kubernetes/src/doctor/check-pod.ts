import { type Finding, type FindingBody, look, type Manifest, type RunContext } from '@kanikit/spec';
import { type ApiClient, readAnswer } from '../api/client/api-client.ts';
import { ApiError } from '../api/client/api-error.ts';
import { refusalError } from '../pods/launch/refusal.ts';
import { executorContainer } from '../api/watch/pod-object.ts';

interface AdmittedPod {
  readonly spec?: {
    readonly containers?: readonly AdmittedContainer[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
}

interface AdmittedContainer {
  readonly name: string;
  readonly image?: string;
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

/**
 * Has the very pod of a build admitted and thrown away (`dryRun=All`): quota, LimitRange, Pod Security, constraints, webhooks, priority class
 * and service account all have their say.
 */
export function checkPod(client: ApiClient, manifest: Manifest, run: RunContext): Promise<Finding> {
  return look({ check: 'pod', title: 'Pod of a build' }, run, async ({ signal }) => {
    const { namespace } = manifest['metadata'] as { readonly namespace: string };
    const what = `Trying a pod in ${namespace}`;
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const query = { dryRun: 'All', fieldManager: 'kanikit' };
    try {
      const response = await client.stream({ method: 'POST', path, query, body: manifest, what }, signal);
      const pod = await readAnswer<AdmittedPod>(response, { what }, client.server, signal);
      return admitted(manifest as unknown as AdmittedPod, pod, warningsOf(response.headers['warning']));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return refused(error, what, client.server);
    }
  });
}

function refused(error: ApiError, what: string, server: string): FindingBody {
  if (/does not support dry run/.test(error.message)) {
    const message = 'a webhook of the cluster does not let pods be tried: only a build can tell';
    return { status: 'unknown', message };
  }
  const refusal = refusalError(error, what);
  if (refusal.code === 'cluster-denied') {
    return { status: 'unknown', message: 'can not be tried without the right to create pods' };
  }
  const { code, message, hint } = refusal;
  // A full quota has room again when other pods have ended: builds wait for that.
  const status = refusal.retryable && code === 'quota-exceeded' ? 'warning' : 'problem';
  const told = message.replace(`${what} on ${server}: `, '');
  return { status, code, message: told, ...(hint === undefined ? {} : { hint }) };
}

/** What admission made of the pod is worth a word: it is what builds get. */
function admitted(asked: AdmittedPod, got: AdmittedPod, warnings: readonly string[]): FindingBody {
  const added = [...(got.spec?.initContainers ?? []), ...(got.spec?.containers ?? [])]
    .map(({ name }) => name)
    .filter((name) => name !== executorContainer);
  const [before, after] = [asked, got].map(({ spec }) =>
    spec?.containers?.find(({ name }) => name === executorContainer),
  );
  const limits = Object.entries(after?.resources?.limits ?? {}).filter(
    ([resource]) => before?.resources?.limits?.[resource] === undefined,
  );
  const changes = [
    ...(added.length === 0 ? [] : [`containers put in by the cluster: ${added.join(', ')}`]),
    ...(before?.image === after?.image ? [] : [`the executor image becomes ${after?.image ?? 'none'}`]),
    ...(limits.length === 0
      ? []
      : [`limits set by the namespace: ${limits.map(([name, amount]) => `${name} ${amount}`).join(', ')}`]),
  ];
  const said = ['is admitted', ...changes].join('; ');
  if (warnings.length === 0) return { status: 'ok', message: said };
  return {
    status: 'warning',
    message: `${said}; the server warns: ${warnings.join('; ')}`,
    hint: 'Nothing is refused today. Pod Security levels that only warn say what they would refuse.',
  };
}

/** `299 - "text", 299 - "text"`. */
function warningsOf(header: string | undefined): readonly string[] {
  return [...(header ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, words = '']) =>
    words.replaceAll(/\\(.)/g, '$1'),
  );
}
