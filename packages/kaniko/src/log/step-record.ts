/** What is known of a step while a log is read. */
export interface StepRecord {
  readonly stage: number;
  readonly index: number;
  readonly instruction: string;
  readonly keyword: string;
  cache: 'hit' | 'miss' | undefined;
  outputLines: number;
  /** What the executor started, as it prints it. */
  command: string | undefined;
  /** The last lines its program printed. */
  readonly tail: string[];
  /** `waiting`: not begun; `arguments`: about to start; `running`: the program is at work; `ended`: its snapshot began. */
  progress: 'waiting' | 'arguments' | 'running' | 'ended';
  isClosed: boolean;
}
