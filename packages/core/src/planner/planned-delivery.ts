import type { PreparedBuild } from '../model/prepared-build.ts';
import type { PlannedDelivery } from './plan-pod.ts';

/** Stands for the Dockerfile in an archive, whose name is known only once it is packed. */
const sealedPlaceholder = '.kanikit.DIGEST.Dockerfile';

/** How the context of a build would reach its executor, without packing it. */
export function plannedDelivery({ context, delivery }: PreparedBuild): {
  readonly delivery: 'none' | 'upload' | 'stdin';
  readonly planned: PlannedDelivery;
} {
  if (context.kind === 'remote') {
    return { delivery: 'none', planned: { source: context.delivery, dockerfile: context.dockerfile } };
  }
  const dockerfile = sealedPlaceholder;
  if (delivery.way === 'stdin') return { delivery: 'stdin', planned: { source: 'stdin', dockerfile } };
  // The URL is known only once the context is packed; a secret stands for it in any case.
  const source = { context: '', isSecret: true, args: [], env: {}, secretEnv: {} };
  return { delivery: 'upload', planned: { source, dockerfile } };
}
