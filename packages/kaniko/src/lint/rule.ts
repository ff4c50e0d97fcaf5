import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import type { SetFeatures } from '../features/has-feature.ts';
import type { Heredoc } from '../dockerfile/heredocs.ts';
import type { InstructionParts } from '../dockerfile/instruction.ts';
import type { StageVariables } from '../dockerfile/stage-variables.ts';

/** What an executor silently ignores or breaks. */
export interface DockerfileLint {
  /** Stable kebab-case identifier. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** 1-based. */
  readonly line: number;
  /** True where the build fails; false where it goes on and does something else than the Dockerfile says. */
  readonly isFatal: boolean;
}

/** What a rule finds; the line is added by the caller. */
export type Finding = Omit<DockerfileLint, 'line'>;

/** The release that builds, and how it is set up. */
export interface LintTarget {
  readonly executor: ExecutorRelease;
  /** The release in words, for messages. */
  readonly label: string;
  /** Feature flags that are set for this build. */
  readonly features: SetFeatures;
}

/** What earlier instructions of a stage, and the stages below it, leave for the ones that follow. */
export interface StepState {
  /** As `USER` has it, with the variables that are known; undefined where no `USER` is said. */
  readonly user: string | undefined;
  /** The list of `SHELL`; undefined where none is said. */
  readonly shell: readonly string[] | undefined;
  readonly variables: StageVariables;
}

/** One instruction as the rules see it. */
export interface LintedInstruction extends InstructionParts, LintTarget {
  readonly heredocs: readonly Heredoc[];
  /** The lines of each heredoc. */
  readonly heredocTexts: readonly string[];
  readonly state: StepState;
}

/** Releases that read the Dockerfile with buildkit 0.8.3, which knows no heredocs and few flags. */
export function hasOldParser(executor: ExecutorRelease): boolean {
  return executor.distribution === 'google' && compareReleases(executor.version, '1.9.2') < 0;
}

/** True for releases of the fork from this one on. */
export function isForkSince(executor: ExecutorRelease, release: string): boolean {
  return executor.distribution === 'osscontainertools' && compareReleases(executor.version, release) >= 0;
}

/** True for releases of the original before this one. */
export function isGoogleBefore(executor: ExecutorRelease, release: string): boolean {
  return executor.distribution === 'google' && compareReleases(executor.version, release) < 0;
}
