import type { BuildFailure, BuildOutcome, Problem } from '@kanikit/spec';

/** How one build ended. */
export interface BuildResult {
  readonly id: string;
  readonly name: string;
  readonly outcome: BuildOutcome;
  /** `sha256:…` of the image; undefined unless it succeeded. */
  readonly digest: string | undefined;
  readonly images: readonly { readonly reference: string; readonly digest: string }[];
  /** Exit code of the executor, where it ran. */
  readonly exitCode: number | undefined;
  readonly failure: BuildFailure | undefined;
  readonly durationMs: number;
  readonly logFile: string | undefined;
}

/** How the run ended. */
export interface RunResult {
  readonly run: string;
  readonly outcome: BuildOutcome;
  readonly builds: readonly BuildResult[];
  readonly durationMs: number;
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
