import type { BuildEvent, ContextWarning, PackProgress } from '@kanikit/spec';
import { createSpeedometer } from './transfer-speed.ts';

export type Emit = (event: BuildEvent) => void | Promise<void>;

/** Tells how far packing is; `end` tells its end, which progress reports do not know. */
export interface PackReporter {
  readonly onProgress: (progress: PackProgress) => void;
  end(): void;
}

export function createPackReporter(emit: Emit, now: () => number): PackReporter {
  let last: PackProgress = { files: 0, bytes: 0, archiveBytes: 0 };
  const speedAt = createSpeedometer(now);
  return {
    onProgress: (progress) => {
      last = progress;
      void emit({
        type: 'context-pack',
        ...progress,
        ...speedAt(progress.bytes, progress.totalBytes),
        isDone: false,
      });
    },
    end: () => void emit({ type: 'context-pack', ...last, isDone: true }),
  };
}

/** Tells what only packing could find out. */
export function emitWarnings(warnings: readonly ContextWarning[] | undefined, emit: Emit): void {
  for (const { code, message, hint } of warnings ?? []) {
    void emit({ type: 'notice', level: 'warning', code, message, hint });
  }
}
