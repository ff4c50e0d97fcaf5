import { createCluster, loadConnection } from '@kanikit/kubernetes';
import { type BuildRequest, createKanikit, type KanikitOptions } from '@kanikit/sdk';

/** What the process below is told, as JSON. */
export interface LoneBuild {
  readonly kubeconfig: string;
  readonly heartbeatMs: number;
  readonly options: Pick<KanikitOptions, 'executor' | 'store' | 'insecureRegistries'>;
  readonly request: BuildRequest;
}

// A client in a process of its own, which gives signs of life more often than the command does.
const { kubeconfig, heartbeatMs, options, request } = JSON.parse(process.argv[2] ?? '') as LoneBuild;
const cluster = createCluster(await loadConnection({ env: {}, kubeconfig }), { heartbeatMs });
await using kanikit = await createKanikit({ ...options, cluster, indexFolder: false });
await kanikit.build(request);
