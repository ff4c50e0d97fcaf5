import type { Cluster, ContextSource, ContextStore, CredentialSource } from '@kanikit/spec';
import type { PluginKind } from './contracts.ts';
import * as plugins from './plugins.test.helper.ts';
import { supportedPlugin } from './supported-plugin.ts';

const run = { signal: new AbortController().signal, now: Date.now };
const input = {} as never;
/** A whole plugin of each kind. */
export const whole: {
  readonly source: ContextSource;
  readonly store: ContextStore;
  readonly credentials: Required<CredentialSource>;
  readonly cluster: Cluster;
} = {
  source: plugins.source,
  store: plugins.store,
  credentials: plugins.credentials,
  cluster: plugins.cluster,
};

/** Everything that builds ask of plugins, by the words that an error has for it. */
const asked: Readonly<Record<PluginKind, Readonly<Record<string, (plugin: never) => unknown>>>> = {
  source: {
    'accepts("disk:")': (plugin: typeof whole.source) => plugin.accepts('disk:'),
    'open()': async (plugin: typeof whole.source) => await plugin.open(input, run),
    'open().pack()': async (plugin: typeof whole.source) => (await archiveOf(plugin)).pack(input, run),
    'open().pack().known()': async (plugin: typeof whole.source) => await (await packedOf(plugin)).known(),
    'open().pack().dockerfiles': async (plugin: typeof whole.source) =>
      await (
        await packedOf(plugin)
      ).dockerfiles,
    'open().pack().summary': async (plugin: typeof whole.source) => await (await packedOf(plugin)).summary,
    'open().pack().parts': async (plugin: typeof whole.source) =>
      await Array.fromAsync((await packedOf(plugin)).parts),
    'open().pack().parts.read()': async (plugin: typeof whole.source) => {
      for await (const part of (await packedOf(plugin)).parts) await part.read();
    },
    'open().list()': async (plugin: typeof whole.source) =>
      await Array.fromAsync((await archiveOf(plugin)).list?.(input, run) ?? []),
    'open().close()': async (plugin: typeof whole.source) => await (await plugin.open(input, run)).close?.(),
  },
  store: {
    'check()': async (plugin: typeof whole.store) => await plugin.check(run),
    'deliveries()': async (plugin: typeof whole.store) => await plugin.deliveries(undefined, run),
    'upload()': async (plugin: typeof whole.store) => await plugin.upload(input, input, run),
    'upload().remove()': async (plugin: typeof whole.store) =>
      await (await plugin.upload(input, input, run)).remove(run),
    'upload().renew()': async (plugin: typeof whole.store) =>
      await (await plugin.upload(input, input, run)).renew?.(run),
    'prune()': async (plugin: typeof whole.store) => await plugin.prune?.(input, run),
  },
  credentials: {
    'resolve("localhost")': async (plugin: typeof whole.credentials) =>
      await plugin.resolve('localhost', run),
    'locate("localhost")': async (plugin: typeof whole.credentials) => await plugin.locate('localhost', run),
  },
  cluster: {
    'manifests()': (plugin: typeof whole.cluster) => plugin.manifests(input, { isRedacted: true }),
    'check()': async (plugin: typeof whole.cluster) => await plugin.check(input, run),
    'canLaunchAhead("builds")': (plugin: typeof whole.cluster) => plugin.canLaunchAhead('builds'),
    'launch()': async (plugin: typeof whole.cluster) => await plugin.launch(input, run),
    'launch().observations': async (plugin: typeof whole.cluster) =>
      await Array.fromAsync((await plugin.launch(input, run)).observations),
    'launch().log': async (plugin: typeof whole.cluster) =>
      await Array.fromAsync((await plugin.launch(input, run)).log),
    'launch().sendStdin()': async (plugin: typeof whole.cluster) =>
      await (await plugin.launch(input, run)).sendStdin(input, run),
    'launch().provide()': async (plugin: typeof whole.cluster) =>
      await (await plugin.launch(input, run)).provide({}, run),
    'launch().remove()': async (plugin: typeof whole.cluster) =>
      await (await plugin.launch(input, run)).remove(),
    'launch().keep()': async (plugin: typeof whole.cluster) =>
      await (await plugin.launch(input, run)).keep?.(),
    'launch().leave()': async (plugin: typeof whole.cluster) => (await plugin.launch(input, run)).leave?.(),
    'whenRoom()': async (plugin: typeof whole.cluster) => await plugin.whenRoom?.(input, run),
    'examine()': async (plugin: typeof whole.cluster) => await plugin.examine?.(input, run),
    'builds.find()': async (plugin: typeof whole.cluster) => await plugin.builds?.find({}, run),
    'builds.inspect()': async (plugin: typeof whole.cluster) =>
      await plugin.builds?.inspect(plugins.found, run),
    'builds.readLog()': async (plugin: typeof whole.cluster) =>
      await Array.fromAsync(plugin.builds?.readLog(plugins.found, run) ?? []),
    'builds.adopt()': (plugin: typeof whole.cluster) => plugin.builds?.adopt(plugins.found, run),
    'builds.adopt().log': async (plugin: typeof whole.cluster) =>
      await Array.fromAsync(plugin.builds?.adopt(plugins.found, run).log ?? []),
    'builds.cancel()': async (plugin: typeof whole.cluster) =>
      await plugin.builds?.cancel(plugins.found, run),
    'builds.findRemnants()': async (plugin: typeof whole.cluster) =>
      await plugin.builds?.findRemnants({}, run),
    'builds.removeRemnant()': async (plugin: typeof whole.cluster) =>
      await plugin.builds?.removeRemnant(input, run),
    'close()': async (plugin: typeof whole.cluster) => await plugin.close(),
  },
};

async function archiveOf(plugin: typeof whole.source): Promise<typeof plugins.context> {
  return (await plugin.open(input, run)) as typeof plugins.context;
}

async function packedOf(plugin: typeof whole.source): Promise<typeof plugins.archive> {
  return (await archiveOf(plugin)).pack(input, run);
}

/** One call of a plugin, and what an error says of it. */
export interface PluginCall {
  readonly kind: PluginKind;
  readonly words: string;
  readonly ask: (plugin: never) => unknown;
}

export const calls: readonly PluginCall[] = Object.entries(asked).flatMap(([kind, ways]) =>
  Object.entries(ways).map(([words, ask]) => ({ kind: kind as PluginKind, words, ask })),
);

/** What a call gives that is made as builds make it. */
export async function resultOf(plugin: unknown, { kind, ask }: PluginCall): Promise<unknown> {
  return await ask(supportedPlugin(plugin as (typeof whole)[PluginKind], kind, `${kind} floppy`) as never);
}

/** The same plugin, in which what the words name is replaced. */
export function replaced(plugin: unknown, words: string, by: (old: unknown) => unknown): unknown {
  const [step = '', ...rest] = words.split(/(?<=\))\.|\.(?=\w)/);
  const [name = ''] = step.split('(');
  if (rest.length === 0) return { ...(plugin as object), [name]: by(Reflect.get(plugin as object, name)) };
  const deeper = (value: unknown): unknown => replaced(value, rest.join('.'), by);
  const changed = async (answer: unknown): Promise<unknown> => deeper(await answer);
  const old: unknown = Reflect.get(plugin as object, name);
  if (typeof old === 'function') {
    const isSync = ['pack', 'adopt'].includes(name);
    const method = (...inputs: unknown[]): unknown => {
      const answer: unknown = Reflect.apply(old, plugin, inputs);
      return isSync ? deeper(answer) : changed(answer);
    };
    return { ...(plugin as object), [name]: method };
  }
  if (name !== 'parts') return { ...(plugin as object), [name]: deeper(old) };
  const items = async function* (): AsyncGenerator {
    for await (const item of old as AsyncIterable<unknown>) yield deeper(item);
  };
  return { ...(plugin as object), [name]: items() };
}
