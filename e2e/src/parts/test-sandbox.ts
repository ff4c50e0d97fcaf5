import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '@kanikit/sandbox';

/** A sandbox of its own for one test file, in a folder that goes with it. */
export interface TestSandbox extends AsyncDisposable {
  readonly sandbox: Sandbox;
}

export async function startTestSandbox(): Promise<TestSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-e2e-'));
  const sandbox = await startSandbox({ folder });
  return {
    sandbox,
    [Symbol.asyncDispose]: async () => {
      await sandbox[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
