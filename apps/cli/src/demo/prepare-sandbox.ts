import { acquireExecutor, type SandboxDescription, startSandboxDaemon } from '@kanikit/sandbox';
import type { Io } from '../io.ts';
import { sandboxExecutor } from '../build/sandbox-options.ts';
import { printable } from '@kanikit/toolkit/text';
import { formatDuration } from '../text/units.ts';

/** A line of progress at most this often where the same line can't be written again. */
const lineEveryMs = 5_000;

/** Starts the sandbox of this machine and gets an executor, telling what takes time. */
export async function prepareSandbox(io: Io, signal: AbortSignal): Promise<SandboxDescription> {
  const startedAt = performance.now();
  const since = () => formatDuration(performance.now() - startedAt);
  const progress = createProgressLine(io);
  const program = await acquireExecutor({
    ...sandboxExecutor,
    signal,
    onProgress: ({ detail }) => progress.show(`Getting the executor: ${printable(detail)} (${since()})`),
  });
  progress.end();
  io.stderr.write(`Executor: Kaniko ${program.version} (${program.distribution}), the real program.\n`);
  const sandbox = await startSandboxDaemon({
    signal,
    onProgress: ({ detail }) => progress.show(`Starting the sandbox: ${printable(detail)}`),
  });
  progress.end();
  io.stderr.write(`Sandbox: Kubernetes at ${sandbox.apiServer}, registry at ${sandbox.registry}.\n\n`);
  return sandbox;
}

/** One line that renews itself on a terminal, and a new line now and then elsewhere. */
function createProgressLine({ stderr }: Io): { show(text: string): void; end(): void } {
  let shownAt = 0;
  let isOpen = false;
  return {
    show: (text) => {
      if (stderr.isTTY) {
        stderr.write(`\r\u001B[K${text.slice(0, Math.max(20, (stderr.columns || 80) - 1))}`);
        isOpen = true;
        return;
      }
      if (performance.now() - shownAt < lineEveryMs) return;
      shownAt = performance.now();
      stderr.write(`${text}\n`);
    },
    end: () => {
      if (isOpen) stderr.write('\r\u001B[K');
      isOpen = false;
      shownAt = 0;
    },
  };
}
