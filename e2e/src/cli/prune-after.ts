import { join } from 'node:path';
import { changeKubeconfig } from '../clusters/test-cluster.ts';
import { startAgingProxy } from '../parts/aging-proxy.ts';
import { startSecureProxy } from '../parts/secure-proxy.ts';
import type { CommandAtPlace } from './command-at-place.ts';

/** Runs `kanikit prune` as if so much time had passed; tells what it wrote of what went. Throws where anything could not be looked at or removed. */
export async function pruneAfter(
  kanikit: Pick<CommandAtPlace, 'place' | 'kubeconfig' | 'home' | 'run'>,
  afterMs: number,
): Promise<string> {
  const { server, bucket, authority } = kanikit.place;
  await using aging = await startAgingProxy({ target: server, authority }, afterMs);
  await using api = await startSecureProxy({ target: aging.url });
  await using aged = await startAgingProxy({ target: bucket.endpoint, authority }, afterMs);
  const kubeconfig = join(kanikit.home, 'aged');
  await changeKubeconfig(kanikit.kubeconfig, kubeconfig, { server: api });
  const env = { KUBECONFIG: kubeconfig, KANIKIT_BUCKET_ENDPOINT: aged.url };
  const { exitCode, stdout, stderr } = await kanikit.run(['prune'], { env });
  if (exitCode === 0 && !stderr.includes('warning')) return stdout;
  throw new Error(`kanikit prune: exit code ${exitCode}: ${stderr}`);
}
