/** The SDK found no credentials, or could not turn them into a token. */
export class GcsCredentialsError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.name = 'GcsCredentialsError';
  }

  /** There are none, rather than ones that do not work. */
  get isAbsent(): boolean {
    return this.message.includes('Could not load the default credentials');
  }
}
