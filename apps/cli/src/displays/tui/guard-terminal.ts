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

export interface TerminalGuard {
  readonly restore: () => void;
  /** After a regular end: leaves the screen alone from now on. */
  readonly release: () => void;
}

/**
 * Gives the terminal back however the process ends, until released: the one place that knows how. `stopDrawing` is called first: what draws
 * at the end of a process, too, must not draw over what it leaves.
 */
export function guardTerminal(
  stdout: TerminalOutput,
  stdin: TerminalInput,
  stopDrawing: () => void,
): TerminalGuard {
  let isActive = true;
  const restore = () => {
    if (!isActive) return;
    isActive = false;
    try {
      stopDrawing();
    } catch {
      // The error this process ends with is the one to tell.
    }
    if (stdin.isRaw === true) stdin.setRawMode?.(false);
    writeNow(stdout.fd ?? 1);
  };
  process.on('exit', restore);
  // Before Node prints an error that nobody caught: on the alternate screen nobody would see it.
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

/** Synchronous: at the end of a process nothing else arrives. */
function writeNow(fd: number): void {
  try {
    writeSync(fd, restoreSequence);
  } catch (error) {
    // The terminal is gone (SIGHUP): there is nothing left to restore.
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EIO', 'EPIPE', 'EBADF', 'EAGAIN'].includes(code)) throw error;
  }
}
