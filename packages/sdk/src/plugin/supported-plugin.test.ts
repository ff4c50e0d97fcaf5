import { runInNewContext } from 'node:vm';
import type { ContextSource, ContextStore, CredentialSource } from '@kanikit/spec';
import { describe, expect, it } from 'vitest';
import { supportedPlugin } from './supported-plugin.ts';

const run = { signal: new AbortController().signal, now: Date.now };
const opened = {
  kind: 'archive',
  dockerfileText: 'FROM scratch',
  warnings: [],
  shareKey: undefined,
  isDockerfileApart: false,
  pack: () => expect.fail('is not packed'),
} as const;
const request = {
  reference: 'disk:',
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
};

class Disk implements ContextSource {
  readonly specVersion = 1;
  readonly kind: string = 'disk';
  readonly #drive = 'disk:';
  accepts(reference: string): boolean {
    return reference === this.#drive;
  }
  async open(): ReturnType<ContextSource['open']> {
    return await Promise.resolve(opened);
  }
}
const literal: ContextSource = {
  specVersion: 1,
  kind: 'disk',
  accepts: () => true,
  open: async () => await Promise.resolve(opened),
};

describe('a plugin works, be it', () => {
  it.each([
    ['a literal', literal],
    ['a frozen literal', Object.freeze({ ...literal })],
    ['without a prototype', Object.assign(Object.create(null), literal) as ContextSource],
    ['of a class with private fields', new Disk()],
    ['of a class, frozen', Object.freeze(new Disk())],
    ['of a class that inherits', new (class extends Disk {})()],
    ['one that answers without a promise', { ...literal, open: () => opened } as unknown as ContextSource],
  ])('%s', async (_name, plugin) => {
    const source = supportedPlugin(plugin, 'source', 'source disk');
    expect(source.kind).toBe('disk');
    expect('open' in source && !('prune' in source)).toBe(true);
    expect(source.accepts('disk:')).toBe(true);
    expect({ ...(await source.open(request, run)) }).toMatchObject({ ...opened, pack: expect.any(Function) });
  });
});

describe('an error of a plugin’s is told as its own, be it', () => {
  it.each([
    ['thrown', () => expectThrow(new Error('no disk'))],
    ['a rejection', async () => await Promise.reject(new Error('no disk'))],
    [
      'a rejection of another realm',
      () => runInNewContext('Promise.reject(error)', { error: new Error('no disk') }),
    ],
  ])('%s', async (_name, open) => {
    const source = supportedPlugin({ ...literal, open } as unknown as ContextSource, 'source', 'source disk');
    await expect(source.open(request, run)).rejects.toMatchObject({
      code: 'plugin-failed',
      message: 'Asking the source disk: open() failed: no disk.',
    });
  });
});

function expectThrow(error: unknown): never {
  throw error;
}

describe('an answer that is not what the contract says is told as the plugin’s fault', () => {
  const odd = async (answer: unknown): Promise<unknown> => await Promise.resolve(answer);
  const source = (answer: unknown) =>
    supportedPlugin({ ...literal, open: () => odd(answer) } as ContextSource, 'source', 'source disk');
  const store = (deliveries: unknown, upload?: unknown) =>
    supportedPlugin(
      {
        specVersion: 1,
        deliveries: () => odd(deliveries),
        upload: () => odd(upload),
      } as unknown as ContextStore,
      'store',
      'store shelf',
    );
  const credentials = (answer: unknown) =>
    supportedPlugin(
      { specVersion: 1, resolve: () => odd(answer) } as CredentialSource,
      'credentials',
      'wallet',
    );

  it.each([
    ['no context', async () => await source(undefined).open(request, run), 'open() answered: it is missing'],
    [
      'another context',
      async () => await source({ kind: 'tar' }).open(request, run),
      'kind must be "archive" or',
    ],
    ['no abilities', async () => await store({}).deliveries(undefined, run), 'possible is missing'],
    ['nothing stored', async () => await store({}).upload({} as never, {} as never, run), 'what was stored'],
    [
      'no kind of credential',
      async () => await credentials({ password: 'x-secret' }).resolve('registry.example.com', run),
      'kind is missing',
    ],
  ])('%s', async (_name, call, words) => {
    await expect(call()).rejects.toMatchObject({
      code: 'plugin-failed',
      message: expect.stringContaining(words),
      hint: expect.stringContaining('contract'),
    });
  });

  it('no credential is one', async () => {
    expect(await credentials(undefined).resolve('registry.example.com', run)).toBeUndefined();
  });
});
