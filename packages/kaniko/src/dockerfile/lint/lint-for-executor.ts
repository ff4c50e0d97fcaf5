import type { ExecutorRelease } from '../../executor/resolve-executor.ts';
import { compareReleases } from '../../executor/version.ts';
import type { BuildArguments } from '../global-arguments.ts';
import { heredocsOf } from '../heredocs.ts';
import { splitInstruction } from '../instruction.ts';
import { neededStages } from '../needed-stages.ts';
import { readStages, type Stage } from '../stages.ts';
import { lintCopy } from './copy-rules.ts';
import type { DockerfileLint } from './rule.ts';
import { lintRun } from './run-rules.ts';
import { lintStage } from './stage-rules.ts';

/** What besides the text decides what goes wrong. */
export interface LintOptions {
  readonly buildArgs?: BuildArguments | undefined;
  readonly target?: string | undefined;
  /** Whether COPY layers are cached. @default false */
  readonly cacheCopyLayers?: boolean | undefined;
}

/**
 * What this executor silently ignores or breaks in a Dockerfile, in the order of its lines. In stages that are not built
 * only what keeps the whole file from being read counts.
 *
 * @throws KanikitError `dockerfile-invalid`, `dockerfile-target-unknown`
 */
export function lintForExecutor(
  text: string,
  executor: ExecutorRelease,
  options: LintOptions = {},
): DockerfileLint[] {
  const buildArguments = options.buildArgs ?? {};
  const source = readStages(text, buildArguments);
  const needed = neededStages(source, options.target, executor);
  const label = `Kaniko ${executor.version} (${executor.distribution})`;
  const lints = source.stages.flatMap((stage, index) => {
    const inStage = [
      ...lintStage(stage, executor, label, buildArguments),
      ...lintInstructions(stage, executor, label, source.escape),
    ];
    return needed.has(index) ? inStage : inStage.filter(({ code }) => code.endsWith('-unreadable'));
  });
  return [...lintCopyCache(source.stages, executor, label, options), ...lints];
}

function lintInstructions(
  stage: Stage,
  executor: ExecutorRelease,
  label: string,
  escape: string,
): DockerfileLint[] {
  return stage.instructions.flatMap(({ text, line }) => {
    const linted = { ...splitInstruction(text, escape), heredocs: heredocsOf(text, escape), executor, label };
    return [...lintRun(linted), ...lintCopy(linted)].map((finding) => ({ ...finding, line }));
  });
}

function lintCopyCache(
  stages: readonly Stage[],
  executor: ExecutorRelease,
  label: string,
  options: LintOptions,
): DockerfileLint[] {
  const isRefused =
    executor.distribution === 'google' &&
    compareReleases(executor.version, '1.9.1') >= 0 &&
    compareReleases(executor.version, '1.12.0') < 0;
  const [, second] = stages;
  if (!isRefused || options.cacheCopyLayers !== true || second === undefined) return [];
  return [
    {
      code: 'cache-copy-layers-refused',
      message: `${label} refuses to cache COPY layers of a Dockerfile with several stages: the build fails.`,
      hint: 'Leave the cache of COPY layers off, or choose google 1.12.0 or later.',
      line: second.line,
      isFatal: true,
    },
  ];
}
