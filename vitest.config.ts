import { defineConfig } from 'vitest/config';

const conditions = ['@kanikit/source', 'node', 'import', 'default'];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};

/** End-to-end tests that have servers or a sandbox of their own: they wait more than they work, so two files run at once. */
const besideEachOther = ['e2e/src/{bench,contexts,driver,faults,ignore,parts,sources,stores}/**/*.test.ts'];

/** Tests that need the real Kubernetes of `pnpm cluster`. */
const onRealCluster = ['e2e/src/**/*-on-cluster.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'apps/*/src/**/*.test.{ts,tsx}',
            'scripts/**/*.test.ts',
          ],
          setupFiles: ['scripts/testing/fail-on-console.ts'],
          testTimeout: 30_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          globalSetup: ['e2e/src/global-setup.ts'],
          include: ['e2e/src/**/*.test.ts'],
          exclude: [...besideEachOther, ...onRealCluster],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'cluster',
          globalSetup: ['e2e/src/clusters/cluster-setup.ts'],
          include: onRealCluster,
          testTimeout: 300_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'servers',
          globalSetup: ['e2e/src/global-setup.ts'],
          include: besideEachOther,
          exclude: onRealCluster,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
