import type { FailureCode } from '@kanikit/spec';

/** One entry of the failure catalogue. */
export interface FailureEntry {
  /** Stable kebab-case name. */
  readonly code: FailureCode;
  /** What happened. */
  readonly meaning: string;
  /** What to do. */
  readonly remedy: string;
  /** True where the same build may succeed later without a change. */
  readonly isRetryable: boolean;
  /** What the executor's last words look like; the first entry that fits is taken. Undefined where no words tell. */
  readonly pattern: RegExp | undefined;
}

export function entry(
  code: FailureCode,
  pattern: RegExp | undefined,
  meaning: string,
  remedy: string,
  isRetryable = false,
): FailureEntry {
  return { code, pattern, meaning, remedy, isRetryable };
}
