export { plantFiles } from './plant-files.ts';
export { collect, isSealEntry, listPaths, readArchive, type ReadEntry } from './read-archive.ts';
export { createSeededRandom, type SeededRandom } from './seeded-random.ts';
export { suiteFolder, temporaryFolder } from './temporary-folder.ts';
export { testRun } from './test-run.ts';
