/** Whether the terminal is still there. */
export interface TerminalWatch {
  /** Resolves when it went away: its window was closed, the connection lost. */
  readonly gone: Promise<void>;
  /** From now on it may go away untold. */
  readonly release: () => void;
}

interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/**
 * Streams notice a moment before SIGHUP arrives (25 ms were seen), which asks to stop, too. Asking twice would stop waiting for the
 * clean-up; so the signal goes first, and who gets none (a process without a session) waits this long.
 */
const signalGraceMs = 1_000;

/**
 * Tells once, by `onGone`, when the terminal can't be read or written any more. The listeners for errors stay for the life of the streams:
 * giving back a terminal that is gone fails, too, and an error nobody listens to ends the process before it has cleaned up.
 */
export function watchTerminal(
  { stdin, stdout, stderr }: Streams,
  onGone: () => void,
  graceMs: number = signalGraceMs,
): TerminalWatch {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  let isReleased = false;
  let timer: NodeJS.Timeout | undefined;
  const notice = () => {
    resolve();
    if (!isReleased) timer ??= setTimeout(onGone, graceMs);
  };
  for (const stream of [stdin, stdout, stderr]) stream.on('error', notice);
  // In raw mode no key ends the input: only a terminal that hung up does.
  stdin.on('end', notice);
  return {
    gone,
    release: () => {
      isReleased = true;
      clearTimeout(timer);
      stdin.off('end', notice);
    },
  };
}
