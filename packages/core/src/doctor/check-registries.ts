import {
  type BuildRequest,
  type Finding,
  type FindingBody,
  isKanikitError,
  look,
  parseImageReference,
  type RunContext,
} from '@kanikit/spec';
import type { DoctorTools } from './doctor-tools.ts';

/** The registries that images are pushed to: there, and with a credential that they take. Whether a push is allowed only a push tells. */
export function checkRegistries(
  request: BuildRequest,
  {
    tools,
    insecureRegistries,
  }: { readonly tools: DoctorTools; readonly insecureRegistries: readonly string[] },
  run: RunContext,
): Promise<readonly Finding[]> {
  const registries = new Set(request.destinations.map((name) => parseImageReference(name).registry));
  const insecure = new Set([...insecureRegistries, ...(request.insecureRegistries ?? [])]);
  return Promise.all(
    [...registries].map((registry) =>
      look({ check: 'registry', title: `Registry ${registry}` }, run, (bounded) =>
        greet(registry, { request, tools, isInsecure: insecure.has(registry) }, bounded),
      ),
    ),
  );
}

interface Asked {
  readonly request: BuildRequest;
  readonly tools: DoctorTools;
  readonly isInsecure: boolean;
}

async function greet(
  registry: string,
  { request, tools, isInsecure }: Asked,
  run: RunContext,
): Promise<FindingBody> {
  const secret = request.pod?.registrySecret;
  const origin = secret === undefined ? await tools.locateCredential(registry, run) : undefined;
  try {
    const { kind, status } = await tools.pingRegistry(registry, { isInsecure }, run);
    if (kind === 'strange') {
      return {
        status: 'warning',
        message: `something answers, but not as a registry does (HTTP ${status})`,
        hint: 'Check the name of the registry in -t.',
      };
    }
    if (secret !== undefined)
      return { status: 'ok', message: `answers; builds log in with the secret ${secret}` };
    return origin === undefined ? withoutCredential(kind, registry) : withCredential(kind, origin, registry);
  } catch (error) {
    if (!isKanikitError(error) || error.code !== 'registry-unreachable') throw error;
    const credential = origin === undefined ? 'no credentials here' : `credentials from ${origin}`;
    return {
      status: 'warning',
      code: error.code,
      message: `${error.message} ${credential}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
}

function withCredential(
  kind: 'open' | 'accepted' | 'refused',
  origin: string,
  registry: string,
): FindingBody {
  if (kind === 'refused') {
    return {
      status: 'problem',
      message: `refuses the credentials from ${origin}`,
      hint: `Log in again: docker login ${registry}.`,
    };
  }
  return {
    status: 'ok',
    message: `answers; credentials from ${origin}${kind === 'open' ? ', which it does not ask for' : ''}`,
  };
}

function withoutCredential(kind: 'open' | 'accepted' | 'refused', registry: string): FindingBody {
  if (kind === 'open') return { status: 'ok', message: 'answers without a log-in' };
  return {
    status: 'warning',
    message: 'wants a log-in, and there are no credentials for it here',
    hint: `Log in (docker login ${registry}), name an existing secret with \`pod.registrySecret\`, or let the pod's own identity do it (\`pod.serviceAccount\`).`,
  };
}
