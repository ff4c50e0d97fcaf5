import type { CacheUse } from '../arguments/cache-use.ts';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import type { SetFeatures } from '../features/has-feature.ts';
import type { BuildArguments } from '../dockerfile/global-arguments.ts';
import { heredocsOf } from '../dockerfile/heredocs.ts';
import { type Instruction, isExecForm, splitInstruction } from '../dockerfile/instruction.ts';
import { neededStages } from '../dockerfile/needed-stages.ts';
import {
  type ArgumentSources,
  resolveWord,
  setVariables,
  variablesOn,
} from '../dockerfile/stage-variables.ts';
import { readStages, type Stage } from '../dockerfile/stages.ts';
import { cacheRules } from './cache-rules.ts';
import { lintCopy } from './copy-rules.ts';
import type { DockerfileLint, LintTarget, StepState } from './rule.ts';
import { lintRun } from './run-rules.ts';
import { lintStage } from './stage-rules.ts';
import { lintUser } from './user-rules.ts';
import { whiteoutRules } from './whiteout-rules.ts';

/** What besides the text decides what goes wrong. */
export interface LintOptions {
  readonly buildArgs?: BuildArguments | undefined;
  readonly target?: string | undefined;
  /** Which layers are cached. @default none */
  readonly cache?: CacheUse | undefined;
  /** Feature flags that are set for the build. @default none: each does what the release does by itself */
  readonly features?: SetFeatures | undefined;
}

const noCache: CacheUse = { isOn: false, copyLayers: false, runLayers: false };

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
  const target = { executor, label, features: options.features ?? {} };
  const cache = options.cache ?? noCache;
  const lintCachedStage = cacheRules(source, cache, target);
  const lintCopiedMarks = whiteoutRules(source, cache, target);
  const ends: StepState[] = [];
  const lints = source.stages.flatMap((stage, index) => {
    const state = stateOn(stage.baseStage === undefined ? undefined : ends[stage.baseStage]);
    const { found, end } = lintInstructions(stage, state, target, { ...source, buildArguments });
    ends.push(end);
    const inStage = [...lintStage(stage, target, buildArguments), ...found];
    return needed.has(index)
      ? [...inStage, ...lintCachedStage(index), ...lintCopiedMarks(index)]
      : inStage.filter(({ code }) => code === 'heredoc-unreadable' || code === 'copy-flag-unreadable');
  });
  return [...lintCopyCache(source.stages, target, cache), ...lints];
}

/** What goes wrong in a stage that begins in a state, and the state it leaves for the stages on it. */
function lintInstructions(
  stage: Stage,
  start: StepState,
  target: LintTarget,
  sources: ArgumentSources,
): { readonly found: DockerfileLint[]; readonly end: StepState } {
  const { escape } = sources;
  let state = start;
  // What a user means for the files and commands of a stage is said once for each USER.
  let told = new Set<string>();
  const found = stage.instructions.flatMap((instruction) => {
    const { text, line, heredocTexts } = instruction;
    const parts = splitInstruction(text, escape);
    const linted = { ...parts, heredocs: heredocsOf(text, escape), heredocTexts, state, ...target };
    const ofUser = lintUser(linted).filter(({ code }) => !told.has(code));
    for (const { code } of ofUser) told.add(code);
    if (parts.keyword === 'USER') told = new Set();
    state = nextState(state, instruction, sources);
    return [...lintRun(linted), ...lintCopy(linted), ...ofUser].map((finding) => ({ ...finding, line }));
  });
  return { found, end: state };
}

/** A stage begins with what the one below ended with, but for its arguments. */
function stateOn(base: StepState | undefined): StepState {
  return { user: base?.user, shell: base?.shell, variables: variablesOn(base?.variables) };
}

function nextState(state: StepState, instruction: Instruction, sources: ArgumentSources): StepState {
  const { text, keyword } = instruction;
  setVariables(state.variables, instruction, sources);
  if (keyword !== 'USER' && keyword !== 'SHELL') return state;
  const { rest } = splitInstruction(text, sources.escape);
  if (keyword === 'USER') return { ...state, user: resolveWord(rest, state.variables) ?? rest };
  return isExecForm(rest) ? { ...state, shell: JSON.parse(rest) as string[] } : state;
}

function lintCopyCache(
  stages: readonly Stage[],
  { executor, label }: LintTarget,
  cache: CacheUse,
): DockerfileLint[] {
  const isRefused =
    executor.distribution === 'google' &&
    compareReleases(executor.version, '1.9.1') >= 0 &&
    compareReleases(executor.version, '1.12.0') < 0;
  const [, second] = stages;
  if (!isRefused || !cache.copyLayers || second === undefined) return [];
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
