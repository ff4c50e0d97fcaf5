import type { Schema } from '@kanikit/spec/schema';

/** What a plugin, or something that it answered, is made of: its members that do something. Any other member is plain data. */
export type Part = Readonly<Record<string, Member>>;

/** A member of a plugin. `answer` is what a method or a promise gives, or each item of a stream. */
export interface Member {
  /**
   * `sync`: a method that answers at once. `async`: one that is waited for. `stream`: a method that answers a stream. `promise`, `items`, `part`: a
   * promise, a stream or an object with members, there without a call.
   */
  readonly as: 'sync' | 'async' | 'stream' | 'promise' | 'items' | 'part';
  readonly answer?: Answer | undefined;
  /** Whether a stream may end after this item; it may not end without such a one. @default it may end at any time */
  readonly isLast?: ((item: unknown) => boolean) | undefined;
}

export interface Answer {
  readonly schema?: Schema<unknown> | undefined;
  readonly part?: Part | undefined;
}
