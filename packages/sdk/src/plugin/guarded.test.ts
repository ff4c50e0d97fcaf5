import {
  type ArchiveContext,
  type Cluster,
  type ContextRequest,
  type ContextSource,
  isKanikitError,
  KanikitError,
  type PackOptions,
  type RemoteContext,
} from '@kanikit/spec';
import { errorWords } from '@kanikit/toolkit/text';
import { describe, expect, it } from 'vitest';
import { mutationsOf, type MutationRules } from '../check/mutations.test.helper.ts';
import { calls, replaced, resultOf, whole } from './plugin-calls.test.helper.ts';
import { archive, context, delivery, remote } from './plugins.test.helper.ts';
import { supportedPlugin } from './supported-plugin.ts';

const run = { signal: new AbortController().signal, now: Date.now };
const request: ContextRequest = {
  reference: 'disk:',
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
};

const noDisk = (): never => {
  throw new Error('no disk.');
};
/** Fails as a method, a promise or a stream does. */
function failing(old: unknown): unknown {
  if (typeof old === 'function') return noDisk;
  if (old instanceof Promise) {
    const rejected = Promise.reject(new Error('no disk.'));
    rejected.catch(() => undefined);
    return rejected;
  }
  return { [Symbol.asyncIterator]: () => ({ next: async () => noDisk() }) };
}

describe.each(calls)('$kind: $words', (call) => {
  it('works', async () => {
    await expect(resultOf(whole[call.kind], call)).resolves.not.toThrow();
  });

  it('that fails is told as the plugin’s own', async () => {
    await expect(resultOf(replaced(whole[call.kind], call.words, failing), call)).rejects.toMatchObject({
      code: 'plugin-failed',
      message: `Asking the ${call.kind} floppy: ${call.words} failed: no disk.`,
      cause: { message: 'no disk.' },
      hint: expect.stringContaining('plugin'),
    });
  });

  it('that fails with a KanikitError is told so', async () => {
    const own = new KanikitError({ code: 'floppy/disk-missing', message: 'No disk in the drive.' });
    const plugin = replaced(whole[call.kind], call.words, (old) =>
      typeof old === 'function'
        ? () => {
            throw own;
          }
        : failing(old),
    );
    const error: unknown = await resultOf(plugin, call).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: call.words.endsWith(')') ? own.code : 'plugin-failed' });
  });
});

/** What may be left out, is of other types too, or is not looked at. */
const rules: MutationRules = {
  required: [],
  open: ['env', 'secretEnv', 'delivery.env', 'delivery.secretEnv', 'reasons'],
  free: [],
  also: {},
};
/** A list's or an object's answer is mutated; what it may answer besides is not. */
const answering =
  /^(?:open\(\)|deliveries|upload\(\)|prune|resolve|locate|manifests|check\(\)|launch\(\)|examine|builds\.(?:find|adopt)\w*\(\))[^.]*$/;
const answered = calls.filter(
  ({ kind, words }) => answering.test(words) && !(kind === 'store' && words === 'check()'),
);

it.each(answered)(
  '$kind: $words whose answer has one thing of a wrong type never ends in an error of another kind',
  async (call) => {
    const answer = await resultOf(whole[call.kind], call);
    const plain = Array.isArray(answer) ? Array.from(answer as unknown[]) : { ...(answer as object) };
    const mutations = mutationsOf(plain, rules).filter(({ name }) => !/ is called | throws/.test(name));
    const outcomes = await Promise.all(
      mutations.map(async ({ name, value, path }) => {
        const plugin = replaced(whole[call.kind], call.words, () => () => value);
        const error: unknown = await resultOf(plugin, call).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) return { name, is: 'accepted' };
        const last = /[\w-]*(?=\W*$)/.exec(path)?.[0] ?? '';
        const isNamed =
          isKanikitError(error) && error.code === 'plugin-failed' && error.message.includes(last);
        return { name, is: isNamed ? 'refused' : `another error: ${errorWords(error)}` };
      }),
    );
    expect(outcomes.filter(({ is }) => !['accepted', 'refused'].includes(is))).toEqual([]);
    expect(outcomes.filter(({ is }) => is === 'refused').length).toBeGreaterThan(10);
  },
);

describe('what a plugin answered', () => {
  const sourceOf = (opened: unknown) =>
    supportedPlugin<ContextSource>(
      { ...whole.source, open: async () => await Promise.resolve(opened as never) },
      'source',
      'source disk',
    );

  it('comes back to it as what it was', async () => {
    const shared: unknown[] = [];
    class Disk {
      readonly kind = 'archive';
      readonly warnings = [];
      readonly #tracks = archive;
      pack(options: PackOptions): typeof archive {
        shared.push(...(options.sharedWith ?? []));
        return this.#tracks;
      }
    }
    const disks = [new Disk(), Object.freeze(new Disk())];
    const source = supportedPlugin<ContextSource>(
      { ...whole.source, open: async () => await Promise.resolve(disks.shift() as never) },
      'source',
      'source disk',
    );
    const opened = [await source.open(request, run), await source.open(request, run)] as ArchiveContext[];
    const [first, other] = opened as [ArchiveContext, ArchiveContext];
    expect(first).toBeInstanceOf(Disk);
    await expect(first.pack({ sharedWith: [other] }, run).summary).resolves.toMatchObject({ sizeBytes: 1 });
    expect(shared[0]).toBeInstanceOf(Disk);
    expect(shared[0]).not.toBe(other);
  });

  it('may be a context that the executor fetches', async () => {
    const opened = (await sourceOf(remote).open(request, run)) as RemoteContext;
    expect({ ...opened }).toMatchObject({ kind: 'remote', delivery });
    expect(await opened.renew?.(run)).toBe(delivery);
    const fails = (await sourceOf({
      ...remote,
      renew: async () => await Promise.reject(new Error('no disk')),
    }).open(request, run)) as RemoteContext;
    await expect(fails.renew?.(run)).rejects.toMatchObject({
      message: 'Asking the source disk: open().renew() failed: no disk.',
    });
  });

  it('may be an array instead of a stream; whoever reads a stream can leave it early', async () => {
    let isLeft = false;
    const endless = {
      [Symbol.asyncIterator]: () => ({
        next: async () =>
          await Promise.resolve({ done: false, value: { digest: 'a', sizeBytes: 1, read: () => 1 } }),
        return: async () => {
          isLeft = true;
          return await Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const partsOf = async (parts: unknown) =>
      (
        (await sourceOf({ ...context, pack: () => ({ ...archive, parts }) }).open(
          request,
          run,
        )) as ArchiveContext
      ).pack({}, run).parts;
    expect(await Array.fromAsync(await partsOf([]))).toEqual([]);
    for await (const part of await partsOf(endless)) {
      await expect(part.read()).rejects.toMatchObject({
        message: expect.stringContaining('must be a Uint8Array'),
      });
      break;
    }
    expect(isLeft).toBe(true);
  });

  it.each([
    [
      'an item of another type',
      [{ digest: 'a', sizeBytes: '1', read: () => 1 }],
      'sizeBytes must be a whole number',
    ],
    ['no items', 7, 'parts must be a stream, and is 7'],
  ])('that is a stream of %s is told as its fault', async (_name, parts, words) => {
    const opened = (await sourceOf({ ...context, pack: () => ({ ...archive, parts }) }).open(
      request,
      run,
    )) as ArchiveContext;
    const read = async (): Promise<unknown> => await Array.fromAsync(opened.pack({}, run).parts);
    await expect(read()).rejects.toMatchObject({
      code: 'plugin-failed',
      message: expect.stringContaining(words),
    });
  });

  it('is told as its fault when a pod is no longer watched before its end', async () => {
    const pod = { ...(await whole.cluster.launch({} as never, run)), observations: [{ type: 'held' }] };
    const cluster = supportedPlugin<Cluster>(
      { ...whole.cluster, launch: async () => await Promise.resolve(pod as never) },
      'cluster',
      'cluster tape',
    );
    const launched = await cluster.launch({} as never, run);
    await expect(Array.fromAsync(launched.observations)).rejects.toMatchObject({
      code: 'plugin-failed',
      message: expect.stringContaining('launch().observations answered: it ended before'),
    });
  });

  it('for a question that needs no wait may not be a promise', () => {
    const accepts = async (): Promise<boolean> => await Promise.resolve(false);
    const source = supportedPlugin<ContextSource>(
      { ...whole.source, accepts } as never,
      'source',
      'source disk',
    ) as ContextSource;
    expect(() => source.accepts('.')).toThrow(
      expect.objectContaining({ code: 'plugin-failed', hint: 'Await it first.' }),
    );
  });

  it('after the caller has stopped it keeps its error: that is how the wait ended', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const launch = async (): ReturnType<Cluster['launch']> => {
      const pod = await whole.cluster.launch({} as never, run);
      const observations = (async function* () {
        await Promise.resolve();
        yield* [];
        throw reason;
      })();
      return { ...pod, observations };
    };
    const cluster = supportedPlugin<Cluster>({ ...whole.cluster, launch }, 'cluster', 'cluster tape');
    const launched = await cluster.launch({} as never, { ...run, signal: stop.signal });
    stop.abort(reason);
    await expect(Array.fromAsync(launched.observations)).rejects.toBe(reason);
  });
});
