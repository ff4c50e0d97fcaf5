export type { BuildPlan, BuildResult, RunProblem, RunResult } from '@kanikit/core';
export {
  type BuildFailure,
  type BuildRequest,
  isKanikitError,
  type KanikitError,
  type KanikitEvent,
} from '@kanikit/spec';
export { createKanikit } from './create-kanikit.ts';
export type { Kanikit, KanikitRun, StartOptions } from './kanikit.ts';
export type { ClusterOptions, KanikitOptions, S3StoreOptions } from './options.ts';
