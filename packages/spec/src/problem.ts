import type { KanikitErrorCode, PluginErrorCode } from './error-codes.ts';

/** Something found before anything starts. */
export interface Problem {
  readonly code: KanikitErrorCode | PluginErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}
