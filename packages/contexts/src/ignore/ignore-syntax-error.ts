/** A pattern that docker refuses. Callers that know the file turn it into a `KanikitError`. */
export class IgnoreSyntaxError extends Error {
  readonly pattern: string;
  readonly reason: string;
  /** 1-based; 0 where the pattern did not come from a file. */
  readonly line: number;

  constructor(pattern: string, reason: string, line = 0) {
    super(`invalid ignore pattern ${JSON.stringify(pattern)}: ${reason}`);
    this.name = 'IgnoreSyntaxError';
    this.pattern = pattern;
    this.reason = reason;
    this.line = line;
  }
}
