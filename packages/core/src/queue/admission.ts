import type { Cluster } from '@kanikit/spec';
import { type BuildLimits, type BuildQueue, createBuildQueue } from './build-queue.ts';
import { createQuotaLines, type QuotaLines } from './quota-line.ts';

/** What lets builds begin: shared by all runs of a client, so that many small runs are held to the same limits as a large one. */
export interface Admission {
  readonly queue: BuildQueue;
  readonly quota: QuotaLines;
}

/** Makes the admission of a client. */
export function createAdmission(limits: BuildLimits, cluster: Pick<Cluster, 'whenRoom'>): Admission {
  return { queue: createBuildQueue(limits), quota: createQuotaLines(cluster) };
}
