/** Answers of the cache for steps that have not begun: Kaniko asks for a whole stage before it runs it. */
export interface CacheAnswer {
  readonly stage: number;
  readonly instruction: string;
  readonly result: 'hit' | 'miss';
}
