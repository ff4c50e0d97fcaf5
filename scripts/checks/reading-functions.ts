import { functionsOfArchives } from './functions-of-archives.ts';
import { functionsOfDockerfiles } from './functions-of-dockerfiles.ts';
import { functionsOfFiles } from './functions-of-files.ts';
import { functionsOfLogs } from './functions-of-logs.ts';
import type { ReadingFunction } from './reading-function.ts';

/** All functions that read what others wrote. */
export const readingFunctions: readonly ReadingFunction[] = [
  ...functionsOfLogs,
  ...functionsOfDockerfiles,
  ...functionsOfFiles,
  ...functionsOfArchives,
];
