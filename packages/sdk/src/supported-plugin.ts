import { isKanikitError, KanikitError } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import type { PluginKind } from './check/plugin-answers.ts';

/** The version of the contracts in `@kanikit/spec` that this release keeps. */
const specVersion = 1;

/** Methods whose answers are waited for and checked. */
const asynchronous: Readonly<Record<PluginKind, readonly string[]>> = {
  source: ['open'],
  store: ['check', 'deliveries', 'upload', 'prune'],
  credentials: ['resolve'],
  cluster: [],
};

/**
 * A plugin of the user's whose own errors are told as its own: what is no KanikitError has `plugin-failed` around it, with the plugin's name and what
 * it was asked. So has an answer that is not what the contract says.
 *
 * @throws KanikitError `plugin-unsupported` where it was made for another release
 */
export function supportedPlugin<T extends object & { readonly specVersion: number }>(
  plugin: T,
  kind: PluginKind,
  name: string,
): T {
  if (plugin.specVersion !== specVersion) {
    throw new KanikitError({
      code: 'plugin-unsupported',
      message: `Using the ${name}: it was made for version ${plugin.specVersion} of the plugin contract, and this kanikit has version ${specVersion}.`,
      hint: 'Use releases of plugin and kanikit that belong together.',
    });
  }
  // The target is empty: a proxy must answer with a frozen plugin's own methods.
  return new Proxy({} as T, {
    has: (_, member) => member in plugin,
    get: (_, member) => {
      const value: unknown = Reflect.get(plugin, member, plugin);
      if (typeof value !== 'function' || typeof member === 'symbol') return value;
      return (...inputs: unknown[]): unknown => {
        const asked = `${name}: ${askedOf(member, inputs)}`;
        const failed = (error: unknown): unknown => ofPlugin(error, asked, inputs);
        const call = (): unknown => Reflect.apply(value, plugin, inputs);
        const check = async (answer: unknown): Promise<void> =>
          (await import('./check/plugin-answers.ts')).checkAnswer(kind, member, answer, asked);
        if (asynchronous[kind].includes(member)) return answerOf(call, failed, check);
        try {
          const answer = call();
          return isThenable(answer) ? answerOf(() => answer, failed, check) : answer;
        } catch (error) {
          throw failed(error);
        }
      };
    },
  });
}

async function answerOf(
  call: () => unknown,
  failed: (error: unknown) => unknown,
  check: (answer: unknown) => Promise<void>,
): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await call();
  } catch (error) {
    throw failed(error);
  }
  await check(answer);
  return answer;
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function askedOf(member: string, [first]: readonly unknown[]): string {
  return typeof first === 'string' ? `${member}(${JSON.stringify(first)})` : `${member}()`;
}

function ofPlugin(error: unknown, asked: string, inputs: readonly unknown[]): unknown {
  if (isKanikitError(error)) return error;
  // The wait that the caller ended is no failure of the plugin's.
  const isStopped = inputs.some((input) => signalOf(input)?.aborted === true);
  if (isStopped) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new KanikitError({
    code: 'plugin-failed',
    message: asSentence(`Asking the ${asked} failed: ${words}`),
    hint: 'The error is the plugin’s own: see its cause. A plugin that throws a KanikitError says what to do about it.',
    cause: error,
  });
}

function signalOf(input: unknown): AbortSignal | undefined {
  if (typeof input !== 'object' || input === null || !('signal' in input)) return undefined;
  return input.signal instanceof AbortSignal ? input.signal : undefined;
}
