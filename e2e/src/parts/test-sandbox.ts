import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type SandboxDescription } from '@kanikit/sandbox';

/** A sandbox of its own for one test file, in a folder that goes with it. */
export interface TestSandbox extends AsyncDisposable {
  readonly description: SandboxDescription;
}

export async function startTestSandbox(): Promise<TestSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-e2e-'));
  const sandbox = await startSandbox({ folder });
  return {
    description: sandbox.description,
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
