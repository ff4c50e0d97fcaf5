/** What a command may talk to; tests hand in their own. */
export interface Io {
  /** The user's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Version of this package. */
  readonly version: string;
}

/** Exit codes of every command, the same everywhere. */
export const exitCodes = {
  done: 0,
  buildFailed: 1,
  usage: 2,
  refused: 3,
  interrupted: 130,
} as const;
