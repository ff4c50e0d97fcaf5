import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const conditions = ['@kanikit/source', 'node', 'import', 'default'];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};

/** Files at once. Left alone vitest takes one worker less than there are processors: one on a machine of two, though most tests wait more than they work. */
const atOnce = Math.max(2, availableParallelism() - 1);

/** End-to-end tests of what builds are made of, with servers of their own. */
const servers = [
  'e2e/src/{bench,cluster-oracle,contexts,driver,faults,ignore,parts,sources,stores}/**/*.test.ts',
];

/** Tests that look at the whole machine, or use up its memory and disk: no other file runs beside them. */
const alone = ['e2e/src/sandbox-node/**/*.test.ts', 'e2e/src/builds/killed.test.ts'];

/** Tests that need the real Kubernetes of `pnpm cluster`. */
const onRealCluster = ['e2e/src/**/*-on-cluster.test.ts'];

/** Where it knows no times, vitest takes the largest files first. A suite that runs on two clusters is long, and its file is a few lines: at the end it would run alone. */
class LongSuitesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => /-on-\w+\.test\.ts$/.test(moduleId);
    return [...Map.groupBy(sorted, ({ project }) => project.name).values()].flatMap((ofProject) => [
      ...ofProject.filter(isLong),
      ...ofProject.filter((file) => !isLong(file)),
    ]);
  }
}

export default defineConfig({
  test: {
    reporters: ['default'],
    sequence: { sequencer: LongSuitesFirst },
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
          // For what hangs; a test that takes a second takes half a minute on a machine with twenty other jobs.
          testTimeout: 120_000,
          maxWorkers: atOnce,
          // A process and all modules anew for each of 300 files would be half of the time. Tests that stub undo it; who needs a module anew imports it with a query.
          isolate: false,
          unstubEnvs: true,
          unstubGlobals: true,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          globalSetup: ['e2e/src/global-setup.ts'],
          include: ['e2e/src/**/*.test.ts'],
          exclude: [...servers, ...alone, ...onRealCluster],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: atOnce,
        },
      },
      {
        ...shared,
        test: {
          name: 'alone',
          globalSetup: ['e2e/src/global-setup.ts'],
          include: alone,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
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
          include: servers,
          exclude: onRealCluster,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: atOnce,
        },
      },
    ],
  },
});
