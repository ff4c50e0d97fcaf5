export { createSeededRandom, type SeededRandom } from './seeded-random.ts';
export { suiteFolder, temporaryFolder } from './temporary-folder.ts';
export { testRun } from './test-run.ts';
