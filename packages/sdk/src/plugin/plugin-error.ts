import { isKanikitError, KanikitError } from '@kanikit/spec';
import { asSentence, errorWords } from '@kanikit/toolkit/text';

/** What was asked of which plugin, and what may end the wait for it. */
export interface Asked {
  /** For people: `source disk: open().pack()`. */
  readonly words: string;
  readonly signals: readonly AbortSignal[];
}

/** An error of a plugin's as its own: what is no KanikitError has `plugin-failed` around it, with what was asked. */
export function pluginError(error: unknown, { words, signals }: Asked): unknown {
  if (isKanikitError(error)) return error;
  // The wait that the caller ended is no failure of the plugin's.
  if (signals.some(({ aborted }) => aborted)) return error;
  return new KanikitError({
    code: 'plugin-failed',
    message: asSentence(`Asking the ${words} failed: ${errorWords(error)}`),
    hint: 'The error is the plugin’s own: see its cause. A plugin that throws a KanikitError says what to do about it.',
    cause: error,
  });
}
