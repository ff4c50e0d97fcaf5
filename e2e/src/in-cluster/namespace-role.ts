import { minimalRole } from '@kanikit/kubernetes';
import type { TestCluster } from '../clusters/test-cluster.ts';

/** Creates the service account `kanikit` with the Role that `kanikit doctor --print-role` prints, and nothing else. */
export async function grantMinimalRole({ api, namespace }: TestCluster): Promise<void> {
  for (const manifest of minimalRole({ namespace })) {
    const group = manifest.apiVersion === 'v1' ? '/api/v1' : `/apis/${manifest.apiVersion}`;
    const plural = `${manifest.kind.toLowerCase()}s`;
    await api.call('POST', `${group}/namespaces/${namespace}/${plural}`, manifest);
  }
}
