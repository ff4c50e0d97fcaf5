import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCluster, loadConnection, type ClusterOptions } from '@kanikit/kubernetes';
import { createKanikit, type Kanikit, type KanikitOptions } from '@kanikit/sdk';
import { changeKubeconfig, everythingLeft } from '../clusters/test-cluster.ts';
import { createCertificateAuthority } from '../parts/certificate-authority.ts';
import { executorProcesses } from '../parts/executor-processes.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';
import { startSecureProxy } from '../parts/secure-proxy.ts';
import type { BuildPlace } from '../clusters/build-place.ts';
import { credentialsFor } from '../parts/registry-access.ts';
import { storeIn } from '../parts/store-in.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

/** A namespace of a place, whose API server and bucket are reached through proxies that make things go wrong. */
export interface DisturbedBuilds extends AsyncDisposable {
  readonly place: BuildPlace;
  readonly namespace: string;
  readonly api: FaultProxy;
  /** The bucket as the client reaches it. */
  readonly bucket: FaultProxy;
  /** The bucket as pods reach it. */
  readonly podBucket: FaultProxy;
  /** Leads through the proxy, with all rights. */
  readonly kubeconfig: string;
  connect(options?: Partial<KanikitOptions>, driver?: ClusterOptions): Promise<Kanikit>;
  /** Image names of builds begin so. */
  readonly images: string;
  /** What is there because of builds: objects of the cluster, objects of the bucket, and processes. */
  left(): Promise<readonly string[]>;
}

/** Puts the proxies up. Executors fetch by https alone: the proxy of pods has a certificate, whose authority the store hands to them. */
export async function disturbBuilds(place: BuildPlace): Promise<DisturbedBuilds> {
  await using started = new AsyncDisposableStack();
  const home = started.use(await place.namespace());
  const behind = { authority: place.authority };
  const authority = await createCertificateAuthority();
  const certificate = await authority.issue([place.host]);
  const api = started.use(await startSecureProxy({ ...behind, target: place.server }));
  const toBucket = { ...behind, target: place.bucket.endpoint };
  const bucket = started.use(await startFaultProxy(toBucket));
  const podBucket = started.use(await startFaultProxy({ ...toBucket, certificate, host: place.host }));
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-disturbed-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  await changeKubeconfig(home.kubeconfig, kubeconfig, { server: api });
  const { namespace } = home;
  const images = `${place.registry}/${namespace}/`;
  const running = started.move();
  return {
    place,
    namespace,
    api,
    bucket,
    podBucket,
    kubeconfig,
    images,
    connect: async (options = {}, driver = {}) =>
      await createKanikit({
        cluster: createCluster(await loadConnection({ env: {}, kubeconfig }), driver),
        executor: executorByTag,
        credentials: credentialsFor(place),
        retryDelayMs: 100,
        indexFolder: false,
        insecureRegistries: [place.registry],
        store: {
          ...storeIn({ ...place.bucket, endpoint: bucket.url }, authority.certificate, namespace),
          podEndpoint: podBucket.url,
        },
        ...options,
      }),
    left: async () => [
      ...(await everythingLeft({ ...home, bucket: place.bucket })),
      ...(await executorProcesses(images)).map((pid) => `process ${pid}`),
    ],
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
