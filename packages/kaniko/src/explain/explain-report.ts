import type { ExecutorVerdict } from '../decoder/verdict.ts';

/** What `kanikit explain --json` prints: one object, documented in `docs/explain.md`. Keys are only ever added. */
export interface ExplainReport {
  readonly schema: 'kanikit.explain/1';
  readonly executor: {
    readonly distribution: 'google' | 'osscontainertools' | 'chainguard' | null;
    /** `1.24.0`; null where the log does not prove it. */
    readonly version: string | null;
    readonly logFormat: 'text' | 'color' | 'json';
  };
  readonly verdict: {
    readonly outcome: 'succeeded' | 'failed' | 'unfinished';
    readonly exitCode: number | null;
    /** Null unless failed. */
    readonly failure: ExplainedFailure | null;
  };
  readonly stages: readonly { readonly index: number; readonly name: string | null; readonly base: string }[];
  readonly steps: readonly ExplainedStep[];
  readonly images: readonly { readonly reference: string; readonly digest: string }[];
  readonly lines: {
    readonly total: number;
    readonly executor: number;
    readonly output: number;
    readonly unknown: number;
  };
}

export interface ExplainedFailure {
  /** An entry of `docs/failures.md`. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly step: { readonly stage: number; readonly index: number; readonly instruction: string } | null;
}

export interface ExplainedStep {
  readonly stage: number;
  readonly index: number;
  readonly instruction: string;
  readonly cache: 'hit' | 'miss' | null;
  readonly outputLines: number;
}

/** The report, and what the story for people needs besides. */
export interface Explanation {
  readonly report: ExplainReport;
  /** The last lines of the failing program, or the executor's own last words. Untrusted text. */
  readonly failureLines: readonly string[];
  readonly isRetryable: boolean;
  readonly unpushed: ExecutorVerdict['unpushed'];
  readonly keptTags: ExecutorVerdict['keptTags'];
}
