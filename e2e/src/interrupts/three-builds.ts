import { writeContext } from '../builds/sample-context.ts';
import type { CommandAtPlace } from '../cli/command-at-place.ts';
import { authConfigFor } from '../parts/registry-access.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';

/** Three builds of one client, each in another phase: one pushes, one runs, one waits for the room that the two have. */
export interface ThreeBuilds extends AsyncDisposable {
  /** Folders, in the order that they are to be built in. */
  readonly contexts: readonly string[];
  /** With `{name}` for the folder's. */
  readonly tag: string;
  /** Registries that speak plain http. */
  readonly insecure: readonly string[];
  /** Their password, as the environment has it. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves once a manifest is on its way, which never gets there. */
  untilPushing(): Promise<void>;
}

/** The quota, the contexts, and a registry that takes layers and no manifest. */
export async function prepareThreeBuilds({
  api,
  namespace,
  place,
  home,
}: CommandAtPlace): Promise<ThreeBuilds> {
  const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const quota = { kind: 'ResourceQuota', apiVersion: 'v1', metadata: { name: 'two' } };
  await api.call('POST', quotas, { ...quota, spec: { hard: { pods: '2' } } });
  for (;;) {
    // A quota without a status has no room for anything.
    const { body } = await api.call<{ readonly status?: { readonly hard?: object } }>('GET', `${quotas}/two`);
    if (body.status?.hard !== undefined) break;
  }
  const registry = await startFaultProxy({ target: `http://${place.registry}`, host: place.host });
  holdManifests(registry);
  const from = `FROM ${place.baseImage}\nRUN echo started`;
  const contexts = await Promise.all([
    writeContext(home, 'pushing', { Dockerfile: `${from}\n` }),
    writeContext(home, 'running', { Dockerfile: `${from} && sleep 300\n` }),
    writeContext(home, 'waiting', { Dockerfile: `${from}\n` }),
  ]);
  const host = new URL(registry.url).host;
  const insecure = [host, place.registry];
  return {
    contexts,
    tag: `${host}/${namespace}/{name}:1`,
    insecure,
    env: authConfigFor(place, insecure),
    untilPushing: async () => {
      while (!registry.requests.some(isManifest)) await new Promise((resolve) => setTimeout(resolve, 50));
      registry.forget();
      holdManifests(registry);
    },
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  };
}

const isManifest = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'PUT' && path.includes('/manifests/');

function holdManifests(registry: FaultProxy): void {
  const fault = { kind: 'stall', of: 'request', afterBytes: 0 } as const;
  registry.add({ when: isManifest, fault, times: Number.POSITIVE_INFINITY });
}
