import { isKanikitError, KanikitError } from '@kanikit/spec';

/** The version of the contracts in `@kanikit/spec` that this release keeps. */
const specVersion = 1;

/**
 * A plugin of the user's whose own errors are told as its own: what is no KanikitError has `plugin-failed` around it, with the plugin's name and what
 * it was asked.
 *
 * @throws KanikitError `plugin-unsupported` where it was made for another release
 */
export function supportedPlugin<T extends object & { readonly specVersion: number }>(
  plugin: T,
  name: string,
): T {
  if (plugin.specVersion !== specVersion) {
    throw new KanikitError({
      code: 'plugin-unsupported',
      message: `Using the ${name}: it was made for version ${plugin.specVersion} of the plugin contract, and this kanikit has version ${specVersion}.`,
      hint: 'Use releases of plugin and kanikit that belong together.',
    });
  }
  return new Proxy(plugin, {
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function' || typeof member === 'symbol') return value;
      return (...inputs: unknown[]): unknown => {
        const failed = (error: unknown): unknown =>
          ofPlugin(error, `${name}: ${askedOf(member, inputs)}`, inputs);
        try {
          const answer: unknown = Reflect.apply(value, target, inputs);
          return answer instanceof Promise
            ? answer.catch((error: unknown) => Promise.reject(failed(error)))
            : answer;
        } catch (error) {
          throw failed(error);
        }
      };
    },
  });
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
    message: `Asking the ${asked} failed: ${words}${/[.!?]$/.test(words) ? '' : '.'}`,
    hint: 'The error is the plugin’s own: see its cause. A plugin that throws a KanikitError says what to do about it.',
    cause: error,
  });
}

function signalOf(input: unknown): AbortSignal | undefined {
  if (typeof input !== 'object' || input === null || !('signal' in input)) return undefined;
  return input.signal instanceof AbortSignal ? input.signal : undefined;
}
