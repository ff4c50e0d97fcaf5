// The program of the sandbox daemon: `node daemon-process.js SETTINGS`. Tells its parent over IPC when it is ready, or why not.
import { isKanikitError } from '@kanikit/spec';
import { handleStopSignals } from '@kanikit/toolkit/signals';
import type { DaemonMessage } from './daemon-message.ts';
import type { SandboxSettings } from './options.ts';
import { startSandbox } from './start-sandbox.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as SandboxSettings;
const stopping = new AbortController();
let stopped: Promise<void> | undefined;
handleStopSignals(() => stopping.abort());
// A parent that is killed while it waits must not take the daemon with it.
process.on('disconnect', () => undefined);
process.on('uncaughtException', (error) => {
  log(`failed: ${error.stack ?? error.message}`);
  process.exit(1);
});

try {
  const sandbox = await startSandbox({
    ...settings,
    signal: stopping.signal,
    onProgress: (progress) => {
      log(`${progress.step}: ${progress.detail}`);
      tell({ type: 'progress', progress });
    },
  });
  log(`ready at ${sandbox.description.apiServer}`);
  tell({ type: 'ready', description: sandbox.description });
  const stop = () => {
    log('stopping');
    stopped ??= sandbox.close().then(() => log('stopped'));
  };
  if (stopping.signal.aborted) stop();
  stopping.signal.addEventListener('abort', stop, { once: true });
} catch (error) {
  const { message } = error as Error;
  log(`start failed: ${message}`);
  const known = isKanikitError(error) ? { code: error.code, hint: error.hint } : {};
  tell({ type: 'failed', message, ...known });
  process.exitCode = 1;
} finally {
  if (process.connected) process.disconnect();
}

function tell(message: DaemonMessage): void {
  // A parent that is gone has nothing to hear.
  if (process.connected) process.send?.(message, () => undefined);
}

function log(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}
