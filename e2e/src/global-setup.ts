import { acquireExecutor } from '@kanikit/sandbox';
import { type GoPart, goPart } from './parts/go-part.ts';

const executors = ['1.24.0', '1.9.2'] as const;
const parts: readonly GoPart[] = [
  'crane',
  'oci-conformance',
  'kubectl',
  'fake-gcs-server',
  'versitygw',
  'ignore-oracle',
  'cluster-oracle',
  'workload',
];

/** A line of progress at most this often. */
const lineEveryMs = 10_000;

/**
 * Gets the real programs that the tests use before any of them runs: on a machine without the cache that takes minutes, and no test should
 * wait for it. One after the other, since each build uses all processors.
 */
export async function setup(): Promise<void> {
  const { signal } = new AbortController();
  for (const version of executors) {
    await acquireExecutor({
      distribution: 'google',
      version,
      signal,
      onProgress: createReporter(`Kaniko ${version}`),
    });
  }
  for (const part of parts) {
    const startedAt = Date.now();
    await goPart(part, signal);
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    if (seconds > 1) process.stdout.write(`e2e: ${part} was built in ${seconds} s\n`);
  }
}

function createReporter(name: string): (progress: { readonly detail: string }) => void {
  let saidAt = 0;
  return ({ detail }) => {
    if (Date.now() - saidAt < lineEveryMs) return;
    saidAt = Date.now();
    process.stdout.write(`e2e: getting ${name}: ${detail}\n`);
  };
}
