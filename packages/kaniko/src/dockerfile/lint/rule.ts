import type { ExecutorRelease } from '../../executor/resolve-executor.ts';
import { compareReleases } from '../../executor/version.ts';
import type { Heredoc } from '../heredocs.ts';
import type { InstructionParts } from '../instruction.ts';

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

/** One instruction as the rules see it. */
export interface LintedInstruction extends InstructionParts {
  readonly heredocs: readonly Heredoc[];
  readonly executor: ExecutorRelease;
  /** The release in words, for messages. */
  readonly label: string;
}

/** Releases that read the Dockerfile with buildkit 0.8.3, which knows no heredocs and few flags. */
export function hasOldParser(executor: ExecutorRelease): boolean {
  return executor.distribution === 'google' && compareReleases(executor.version, '1.9.2') < 0;
}

/** True for releases of the fork from this one on. */
export function isForkSince(executor: ExecutorRelease, release: string): boolean {
  return executor.distribution === 'osscontainertools' && compareReleases(executor.version, release) >= 0;
}
