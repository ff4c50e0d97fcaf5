import { isKanikitError, KanikitError } from '@kanikit/spec';
import { brokenLibrary, brokenLibraryHint } from '@kanikit/toolkit/libraries';
import { asSentence } from '@kanikit/toolkit/text';
import type { Judgement } from './judgement.ts';

/** What failed. */
export interface FailedAction {
  /** With its object, such as `uploading to s3://bucket/key`. */
  readonly action: string;
  readonly signal: AbortSignal;
  /** For all that is not about the bucket itself. @default `bucket-upload-failed` */
  readonly otherCode?: OtherCode | undefined;
}

export type OtherCode = 'bucket-upload-failed' | 'context-unreadable';

/** How the errors of an SDK are read. */
export interface ErrorReader {
  judge(error: unknown): Judgement;
  /** Stands in for the SDK's own error as the cause, since that carries the request with its signature or token. */
  causeText(error: unknown): string;
}

/** The SDK's error as one of ours. Errors that are ours already, and the reason of an abort, pass unchanged. */
export function toBucketError(
  error: unknown,
  { action, signal, otherCode = 'bucket-upload-failed' }: FailedAction,
  { judge, causeText }: ErrorReader,
): unknown {
  if (isKanikitError(error)) return error;
  if (signal.aborted) return signal.reason;
  const { code, reason, hint, retryable } = judgeLibrary(error) ?? judge(error);
  return new KanikitError({
    code: code ?? otherCode,
    message: asSentence(`${action}: ${reason}`),
    hint,
    retryable,
    cause: new Error(causeText(error)),
  });
}

function judgeLibrary(error: unknown): Judgement | undefined {
  const reason = brokenLibrary(error);
  return reason === undefined
    ? undefined
    : { code: 'library-broken', reason, hint: brokenLibraryHint, retryable: false };
}

/** One line, bounded: a proxy may answer with a page of HTML. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}
