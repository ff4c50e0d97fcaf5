/** What a line of the executor says, as far as the story of a build needs it. */
export type Message =
  | { readonly kind: 'fork'; readonly since: string }
  | { readonly kind: 'google' }
  | { readonly kind: 'context' }
  | { readonly kind: 'base-name'; readonly base: string; readonly name: string; readonly isFork: boolean }
  | { readonly kind: 'stage-index'; readonly names: ReadonlyMap<string, number> }
  | { readonly kind: 'stage-deps'; readonly files: ReadonlyMap<number, readonly string[]> }
  | { readonly kind: 'resolve'; readonly image: string | undefined }
  | { readonly kind: 'previous-base'; readonly stage: number }
  | { readonly kind: 'triggers'; readonly count: number }
  | { readonly kind: 'squash'; readonly name: string; readonly base: string }
  /** A stage that is not built, since the cache has all that others take from it. */
  | { readonly kind: 'eliminated'; readonly stage: number }
  | { readonly kind: 'stage'; readonly base: string; readonly index: number; readonly baseIndex: number }
  | { readonly kind: 'cache-check'; readonly repository: string; readonly key: string }
  | {
      readonly kind: 'cache-answer';
      readonly instruction: string;
      readonly result: 'hit' | 'miss';
      /** Another line says it again. */
      readonly isInferred: boolean;
    }
  | { readonly kind: 'unpack'; readonly instruction: string }
  | { readonly kind: 'skip-unpack' }
  | { readonly kind: 'step'; readonly instruction: string }
  | { readonly kind: 'first-snapshot' }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'snapshot-end' }
  | { readonly kind: 'cached-layer' }
  | { readonly kind: 'command' }
  | { readonly kind: 'arguments' }
  | { readonly kind: 'running'; readonly command: string }
  | { readonly kind: 'user-lookup' }
  | { readonly kind: 'cache-push'; readonly repository: string; readonly key: string }
  | { readonly kind: 'push'; readonly reference: string }
  | {
      readonly kind: 'pushed';
      readonly repository: string;
      readonly digest: string;
      readonly isIgnored: boolean;
    }
  | { readonly kind: 'pushed-all' }
  | { readonly kind: 'skip-push' }
  /** `key`: of the layer, where the message names it. */
  | { readonly kind: 'cache-push-failed'; readonly key: string | undefined }
  /** What an ADD will take, looked up before it is printed. */
  | { readonly kind: 'context-files' }
  /** Said at the level debug when an instruction is over, before a snapshot or in place of one. `of`: the instruction, where it is named. */
  | { readonly kind: 'step-over'; readonly of: string | undefined }
  /** Said at the level debug when the executor ends, also after its last words. */
  | { readonly kind: 'exit' }
  /** Spans are exported, and failures to do so are printed. */
  | { readonly kind: 'telemetry' }
  | { readonly kind: 'retry'; readonly delay: string; readonly reason: string }
  | { readonly kind: 'credentials'; readonly isFromVariable: boolean }
  | { readonly kind: 'save'; readonly what: string }
  | { readonly kind: 'pull'; readonly image: string }
  | { readonly kind: 'clean' }
  | { readonly kind: 'other' }
  | { readonly kind: 'unknown' };
