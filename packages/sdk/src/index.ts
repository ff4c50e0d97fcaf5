export type { BuildAttempt, BuildPlan, BuildResult, RunProblem, RunResult } from '@kanikit/core';
export {
  type BuildFailure,
  type BuildRequest,
  type Finding,
  isKanikitError,
  type KanikitError,
  type KanikitEvent,
} from '@kanikit/spec';
export type { DoctorReport, DoctorSettings } from '@kanikit/core';
export { diagnose, type DiagnoseOptions } from './diagnose.ts';
export { createKanikit } from './create-kanikit.ts';
export type { Kanikit, KanikitRun, StartOptions } from './kanikit.ts';
export type {
  AttachOptions,
  BuildsOptions,
  CancelledBuild,
  FoundBuilds,
  InspectedBuild,
  LogsOptions,
} from './found-builds.ts';
export type { PrunedItem, PruneResult, PruneRunOptions } from './prune.ts';
export {
  type ContextCallOptions,
  type ContextInput,
  type Contexts,
  createContexts,
  type PushOptions,
} from './create-contexts.ts';
export type {
  BucketOptions,
  ClusterOptions,
  ContextAccess,
  ContextsOptions,
  KanikitOptions,
} from './options.ts';
export type { Feature, RoleOptions } from '@kanikit/kubernetes';
export { type MinimalRole, minimalRole } from './minimal-role.ts';
