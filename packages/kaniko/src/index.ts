export { resolveExecutor, type ExecutorRelease, type ResolvedExecutor } from './executor/resolve-executor.ts';
export { supportsFlag } from './flags/supports-flag.ts';
export type { ExecutorOptions } from './arguments/executor-options.ts';
export { preferredLogFormat, renderExecutorArguments } from './arguments/render-executor-arguments.ts';
export { type OutlineOptions, parseDockerfileOutline } from './dockerfile/parse-outline.ts';
export { baseImages } from './dockerfile/base-images.ts';
export { lintForExecutor, type LintOptions } from './dockerfile/lint/lint-for-executor.ts';
export type { DockerfileLint } from './dockerfile/lint/rule.ts';
