/** Enough of a pattern to find it by. */
const mostShown = 80;

/** A pattern that docker refuses. Callers that know the file turn it into a `KanikitError`. */
export class IgnoreSyntaxError extends Error {
  /** Its start, where it is long. */
  readonly pattern: string;
  readonly reason: string;
  /** 1-based; 0 where the pattern did not come from a file. */
  readonly line: number;

  constructor(pattern: string, reason: string, line = 0) {
    const shown = pattern.length > mostShown ? `${pattern.slice(0, mostShown)}…` : pattern;
    super(`invalid ignore pattern ${JSON.stringify(shown)}: ${reason}`);
    this.name = 'IgnoreSyntaxError';
    this.pattern = shown;
    this.reason = reason;
    this.line = line;
  }
}
