import { writeSync } from 'node:fs';

/** Leaves the alternate screen, shows the cursor, ends bracketed paste and synchronized output, resets colours. */
const restoreSequence = '\u001b[?2026l\u001b[?2004l\u001b[?1049l\u001b[?25h\u001b[0m';

interface TerminalOutput {
  readonly isTTY?: boolean;
  readonly fd?: number;
}

interface TerminalInput {
  readonly isRaw?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/**
 * Gives the terminal back however the process ends, until released: the one place that knows how. Disposing it after a regular end does
 * nothing to the screen.
 */
export function guardTerminal(
  stdout: TerminalOutput,
  stdin: TerminalInput,
): { restore(): void; release(): void } {
  let isActive = true;
  const restore = () => {
    if (!isActive) return;
    isActive = false;
    if (stdin.isRaw === true) stdin.setRawMode?.(false);
    try {
      // Synchronous: at the end of a process nothing else arrives.
      writeSync(stdout.fd ?? 1, restoreSequence);
    } catch (error) {
      // The terminal is gone (SIGHUP): there is nothing left to restore.
      if (!['EIO', 'EPIPE', 'EBADF', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
    }
  };
  process.on('exit', restore);
  // Before Node prints the error, which would be lost with the alternate screen.
  process.on('uncaughtExceptionMonitor', restore);
  return {
    restore,
    release: () => {
      isActive = false;
      process.off('exit', restore);
      process.off('uncaughtExceptionMonitor', restore);
    },
  };
}
