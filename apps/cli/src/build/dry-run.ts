import type { Kanikit } from '@kanikit/sdk';
import type { BuildRequest } from '@kanikit/spec';
import { tellWarnings } from '../context/tell-warnings.ts';
import type { Io } from '../io.ts';
import { printable, safeJson } from '@kanikit/toolkit/text';

/** What `createKanikit` calls the cluster where there is none. */
const noCluster = 'none';

/** Prints what a run would create: YAML documents, or one JSON list that `kubectl` reads, too. */
export async function printDryRun(
  kanikit: Kanikit,
  requests: readonly BuildRequest[],
  format: string | undefined,
  io: Io,
): Promise<void> {
  const plans = await kanikit.plan(requests);
  const { name: cluster, namespace } = kanikit.cluster;
  if (cluster === noCluster)
    io.stderr.write(`There is no kubeconfig: this is for the namespace ${namespace} of any cluster.\n`);
  for (const { name, warnings } of plans) {
    const about =
      plans.length === 1 ? warnings : warnings.map((one) => ({ ...one, message: `${name}: ${one.message}` }));
    tellWarnings(about, io);
  }
  if (format === 'json') {
    const items = plans.flatMap((plan) => plan.manifests);
    io.stdout.write(`${safeJson({ apiVersion: 'v1', kind: 'List', items }, 2)}\n`);
    return;
  }
  const { writeYaml } = await import('@kanikit/toolkit/yaml');
  for (const { name, delivery, manifests } of plans) {
    for (const manifest of manifests) {
      const title = `# ${printable(name)}: context by ${delivery === 'none' ? 'URL' : delivery}`;
      io.stdout.write(`---\n${title}\n${await writeYaml(manifest)}`);
    }
  }
}
