import type { KanikitErrorCode, PluginErrorCode } from './error-codes.ts';

const brand = Symbol.for('kanikit.error');

/** What every kanikit error is made of besides its message. */
export interface KanikitErrorOptions {
  /** Stable kebab-case identifier, documented in `docs/errors.md`; a plugin's own has its name before it: `floppy/disk-missing`. */
  readonly code: KanikitErrorCode | PluginErrorCode;
  /** What was being done, to what, and what happened. Holds no credential. */
  readonly message: string;
  /** What the user can do next. */
  readonly hint?: string | undefined;
  /** True only where the same request may succeed later without a change (infrastructure, never a failing `RUN`). */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * The one error class of kanikit. Tell errors apart by `code`, never by class or message.
 *
 * @example
 * try { await kanikit.build(request); } catch (error) {
 *   if (isKanikitError(error) && error.code === 'context-unreadable') console.error(error.hint);
 * }
 */
export class KanikitError extends Error {
  readonly code: KanikitErrorCode | PluginErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(options: KanikitErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KanikitError';
    this.code = options.code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for an error of any installed copy of kanikit (branded by `Symbol.for`). */
export function isKanikitError(value: unknown): value is KanikitError {
  try {
    return typeof value === 'object' && value !== null && brand in value;
  } catch {
    // A proxy that throws is no error of kanikit's.
    return false;
  }
}
