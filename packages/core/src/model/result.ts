import type { BuildFailure, BuildOutcome, Problem } from '@kanikit/spec';

/** One pod's try at a build. */
export interface BuildAttempt {
  /** From 1. */
  readonly number: number;
  /** Why it failed; undefined where it succeeded or was cancelled. */
  readonly failure: BuildFailure | undefined;
  readonly durationMs: number;
  /** Its full log on disk, where one was kept. */
  readonly logFile: string | undefined;
}

/** A pod that outlives its build's client. */
export interface DetachedPod {
  readonly namespace: string;
  readonly pod: string;
}

/** A pod that outlives its build. */
export interface KeptPod extends DetachedPod {
  /** Milliseconds since the epoch; `kanikit prune` removes it after that. */
  readonly untilMs: number;
}

/** How one build ended. */
export interface BuildResult {
  readonly id: string;
  readonly name: string;
  readonly outcome: BuildOutcome;
  /** `sha256:…` of the image that was built; undefined unless the build succeeded. It says nothing of a push. */
  readonly digest: string | undefined;
  /** The pushes that the executor's log confirms. */
  readonly images: readonly { readonly reference: string; readonly digest: string }[];
  /** Exit code of the executor, where it ran. */
  readonly exitCode: number | undefined;
  readonly failure: BuildFailure | undefined;
  readonly durationMs: number;
  /** Full log of the last attempt. */
  readonly logFile: string | undefined;
  /** Why it was cancelled or let go of, for people; undefined for other outcomes. */
  readonly reason: string | undefined;
  /** The pod of a failed build that was left to be looked at; undefined where none was. */
  readonly kept?: KeptPod | undefined;
  /** Where the pod of a detached build goes on; undefined where no build does. */
  readonly detached?: DetachedPod | undefined;
  /** All attempts, oldest first; more than one where infrastructure failed. Empty where none began. */
  readonly attempts: readonly BuildAttempt[];
}

/** How the run ended. */
export interface RunResult {
  readonly run: string;
  readonly outcome: BuildOutcome;
  readonly builds: readonly BuildResult[];
  readonly durationMs: number;
  /** True where the first build that failed cancelled the others (`failFast`). */
  readonly isFailedFast?: boolean | undefined;
  /** What the preflight found; when there is anything, no byte was uploaded and no pod created. */
  readonly problems: readonly RunProblem[];
  /** What could not be removed at the end, for people. Empty when nothing is left. */
  readonly leftovers: readonly string[];
}

/** A problem found by the preflight. */
export interface RunProblem extends Problem {
  /** Build it belongs to; undefined for the cluster and the bucket. */
  readonly build: string | undefined;
  /** `request`: what the user asked for can't be right. `environment`: cluster, bucket or registry refuse. */
  readonly scope: 'request' | 'environment';
}
