import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  acquireExecutor,
  resetSandbox,
  sandboxStatus,
  startSandbox,
  startSandboxDaemon,
  stopSandboxDaemon,
} from '../index.ts';

/** Calls as scripts without types make them. */
const calls: Readonly<Record<string, (...inputs: readonly unknown[]) => Promise<unknown>>> = {
  startSandbox: async (options) => await startSandbox(options as never),
  startSandboxDaemon: async (options) => await startSandboxDaemon(options as never),
  stopSandboxDaemon: async (folder, options) => await stopSandboxDaemon(folder as never, options as never),
  resetSandbox: async (folder, options) => await resetSandbox(folder as never, options as never),
  sandboxStatus: async (folder) => await sandboxStatus(folder as never),
  acquireExecutor: async (request) => await acquireExecutor(request as never),
};

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kanikit-options-'));
});

const deaf = new Proxy(
  {},
  {
    get: (_, name) => (name === 'toJSON' ? () => 'deaf' : expect.fail('no look')),
    ownKeys: () => expect.fail('no look'),
    getPrototypeOf: () => expect.fail('no look'),
  },
);

describe('a call with something wrong is refused before anything is made', () => {
  it.each([
    ['startSandbox', [null], 'the options of startSandbox(): it must be a plain object, and is null'],
    ['startSandbox', ['/tmp/x'], 'and is a string'],
    ['startSandbox', [{ folder: 7 }], 'folder must be a string, and is 7'],
    ['startSandbox', [{ folder: '' }], 'folder must be a string that is not empty'],
    ['startSandbox', [{ foldr: '/x' }], 'foldr is not known'],
    ['startSandbox', [{ ports: 8080 }], 'ports must be a plain object, and is 8080'],
    ['startSandbox', [{ ports: { api: '17443' } }], 'ports.api must be a whole number'],
    ['startSandbox', [{ ports: { registry: 65_536 } }], 'ports.registry must be a whole number'],
    ['startSandbox', [{ ports: { kubernetes: 1 } }], 'ports.kubernetes is not known'],
    ['startSandbox', [{ simulate: 'log.txt' }], 'simulate must be a plain object'],
    ['startSandbox', [{ simulate: {} }], 'simulate.logFile is missing'],
    [
      'startSandbox',
      [{ simulate: { logFile: 'x', linesPerSecond: 0 } }],
      'linesPerSecond must be a number above 0',
    ],
    ['startSandbox', [{ simulate: { logFile: 'x', exitCode: 256 } }], 'exitCode must be a whole number'],
    ['startSandbox', [{ hasBaseImage: 'no' }], 'hasBaseImage must be true or false'],
    [
      'startSandbox',
      [{ runtime: () => 1 }],
      'runtime must be a runtime such as createScriptedRuntime() makes',
    ],
    ['startSandbox', [{ runtime: { start: () => 1 } }], 'runtime.recover is missing'],
    ['startSandbox', [{ users: [{ name: 'ci' }] }], 'users[0].token is missing'],
    [
      'startSandbox',
      [{ users: [{ name: 'a', token: 'b', rules: [{ verbs: 'get' }] }] }],
      'verbs must be a list',
    ],
    ['startSandbox', [{ intercept: { api: () => true } }], 'intercept.api is not known'],
    ['startSandbox', [{ onProgress: console }], 'onProgress must be a function'],
    ['startSandbox', [{ signal: new AbortController() }], 'signal must be an AbortSignal'],
    ['startSandbox', [deaf], "it can't be read: no look"],
    ['startSandboxDaemon', [{ timeoutMs: '30s' }], 'timeoutMs must be a whole number'],
    ['startSandboxDaemon', [{ executor: true }], 'executor must be a string'],
    ['startSandboxDaemon', [{ runtime: {} }], 'runtime is not known'],
    ['stopSandboxDaemon', [null], 'the folder of the sandbox: it must be a string, and is null'],
    [
      'stopSandboxDaemon',
      [undefined, { grace: 1 }],
      'the options of stopSandboxDaemon(): grace is not known',
    ],
    ['resetSandbox', [{ folder: '/x' }], 'the folder of the sandbox: it must be a string, and is an object'],
    ['sandboxStatus', [['/x']], 'it must be a string, and is a list'],
    ['acquireExecutor', [undefined], 'the options of acquireExecutor(): it is missing'],
    ['acquireExecutor', [{ distribution: 'gogle', version: '1' }], 'Did you mean "google"?'],
  ] as const)('%s(%j): %s', async (name, inputs, words) => {
    const error: unknown = await calls[name]?.(...(inputs as readonly unknown[])).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'KanikitError', code: 'options-invalid', hint: expect.any(String) });
    const { message, hint } = error as { readonly message: string; readonly hint: string };
    expect(`${message} ${hint}`).toContain(words);
    expect(await readdir(scratch)).toEqual([]);
  });
});
