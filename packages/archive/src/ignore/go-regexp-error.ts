/** Go's regexp package would not compile the expression. */
export class GoRegexpError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'GoRegexpError';
  }
}
