export {
  publishersOf,
  resolveExecutor,
  type ExecutorRelease,
  type ResolvedExecutor,
} from './executor/resolve-executor.ts';
export { takesLocalhost } from './executor/takes-localhost.ts';
export { contextSupport } from './flags/context-support.ts';
export { formatPlatform, nodeArchitecture, parsePlatform, type Platform } from './platform/parse-platform.ts';
export type { ExecutorFlag, FlagType } from './flags/flag-table.ts';
export { findFlag, supportsFlag } from './flags/supports-flag.ts';
export { type CacheUse, cacheUse, rawCacheRepositories } from './arguments/cache-use.ts';
export type { SetFeatures } from './features/has-feature.ts';
export {
  type FeatureChoice,
  type FeatureNotice,
  type ResolvedFeatures,
  resolveFeatures,
} from './features/resolve-features.ts';
export { type FeatureNeeds, wantedFeatures } from './features/wanted-features.ts';
export { type SecretMount, secretMounts } from './dockerfile/secret-mounts.ts';
export type { ExecutorOptions } from './arguments/executor-options.ts';
export {
  checkVariables,
  type PodVariable,
  type VariableFinding,
  type VariableOptions,
} from './arguments/check-variables.ts';
export { preferredLogFormat, renderExecutorArguments } from './arguments/render-executor-arguments.ts';
export { parseSecretIds } from './arguments/raw-arguments.ts';
export { lintFetchedContext } from './lint/lint-fetched-context.ts';
export { type OutlineOptions, parseDockerfileOutline } from './dockerfile/parse-outline.ts';
export { baseImages, pulledImages } from './dockerfile/base-images.ts';
export { lintBuildArguments, lintPodVariables } from './lint/lint-build-arguments.ts';
export { lintForExecutor, type LintOptions } from './lint/lint-for-executor.ts';
export type { DockerfileLint } from './lint/rule.ts';
export { createLogDecoder, type LogDecoder, type LogDecoderOptions } from './decoder/decoder.ts';
export type { ExecutorImage, ExecutorVerdict } from './decoder/verdict.ts';
export { failureCatalogue } from './failures/catalogue.ts';
export type { FailureEntry } from './failures/failure-entry.ts';
export { explainLog, type ExplainOptions, explainWithDetails } from './explain/explain-log.ts';
export type {
  ExplainedFailure,
  ExplainedStep,
  Explanation,
  ExplainReport,
} from './explain/explain-report.ts';
export { formatExplanation, type FormatOptions } from './explain/format-explanation.ts';
