import { KanikitError } from '@kanikit/spec';
import { checkInput, isPlainObject } from '@kanikit/spec/schema';
import type { Answer, Member, Part } from './part.ts';
import { type Asked, pluginError } from './plugin-error.ts';

const hint = 'The plugin does not keep the contract: see its type in @kanikit/spec.';

/** A plugin, or what it answered, whose errors and wrong answers are told as its own. */
export type Guard = (value: object, part: Part, asked: Asked) => object;

/** Makes guards of one plugin: it gets back what it handed out, not what stands for that. */
export function createGuard(): Guard {
  const originals = new WeakMap<object, object>();
  const guard: Guard = (value, part, asked) => {
    const guarded = new Map<string, { readonly of: unknown; readonly is: unknown }>();
    const memberOf = (name: string | symbol): unknown => {
      const found: unknown = attempt(() => Reflect.get(value, name, value), {
        ...asked,
        words: `${asked.words}${String(name)}`,
      });
      if (typeof name === 'symbol') return found;
      const known = guarded.get(name);
      if (known !== undefined && known.of === found) return known.is;
      const is = guardMember(found, name);
      guarded.set(name, { of: found, is });
      return is;
    };
    const guardMember = (found: unknown, name: string): unknown => {
      const member = Object.hasOwn(part, name) ? part[name] : undefined;
      const inner = { ...asked, words: `${asked.words}${name}` };
      if (found === undefined || found === null) return found;
      if (typeof found === 'function') return guardMethod(found, name, member);
      if (member?.as === 'promise') return promised(found as Promise<unknown>, member.answer, inner);
      if (member?.as === 'items') return stream(found as AsyncIterable<unknown>, member, inner);
      return member?.as === 'part' ? answered(found, member.answer, inner) : found;
    };
    const guardMethod = (method: Function, name: string, member: Member | undefined): unknown => {
      return (...inputs: unknown[]): unknown => {
        const inner = askedBy(asked, name, inputs);
        const own = inputs.map((input) => unwrapped(input, 0));
        const call = (): unknown => Reflect.apply(method, value, own) as unknown;
        if (member?.as === 'async') return promised((async () => await call())(), member.answer, inner);
        const answer = attempt(call, inner);
        if (member?.as === 'stream') return stream(answer as AsyncIterable<unknown>, member, inner);
        return answered(answer, member?.answer, inner);
      };
    };
    // The target is empty: a proxy must answer with a frozen plugin's own members.
    const proxy = new Proxy<object>(
      {},
      {
        get: (_, name) => memberOf(name),
        has: (_, name) => name in value,
        ownKeys: () => Reflect.ownKeys(value),
        getOwnPropertyDescriptor: (_, name) =>
          Object.hasOwn(value, name)
            ? { value: memberOf(name), enumerable: true, configurable: true, writable: true }
            : undefined,
        getPrototypeOf: () => Reflect.getPrototypeOf(value),
      },
    );
    originals.set(proxy, value);
    return proxy;
  };

  const answered = (value: unknown, answer: Answer | undefined, asked: Asked): unknown => {
    if (answer?.schema !== undefined) {
      const what = `what the ${asked.words} answered`;
      checkInput(answer.schema, value, { code: 'plugin-failed', what, hint });
    }
    if (answer?.part === undefined || typeof value !== 'object' || value === null) return value;
    return guard(value, answer.part, { ...asked, words: `${asked.words}.` });
  };

  const promised = async (
    promise: Promise<unknown>,
    answer: Answer | undefined,
    asked: Asked,
  ): Promise<unknown> => {
    let value: unknown;
    try {
      value = await promise;
    } catch (error) {
      throw pluginError(error, asked);
    }
    return answered(value, answer, asked);
  };

  const stream = (items: unknown, { answer, isLast }: Member, asked: Asked): AsyncIterable<unknown> => ({
    [Symbol.asyncIterator]: () => {
      const iterator = attempt(() => iteratorOf(items), asked);
      let isEndFine = isLast === undefined;
      return {
        next: async () => {
          const result = await settled(async () => await iterator.next(), asked);
          if (result.done !== true) {
            const value = answered(result.value, answer, asked);
            isEndFine ||= isLast?.(value) === true;
            return { done: false, value };
          }
          if (!isEndFine) throw endedEarly(asked);
          return { done: true, value: undefined };
        },
        return: async () => {
          isEndFine = true;
          await settled(async () => await iterator.return?.(), asked);
          return { done: true, value: undefined };
        },
      };
    },
  });

  const unwrapped = (input: unknown, level: number): unknown => {
    if (typeof input !== 'object' || input === null) return input;
    const original = originals.get(input);
    if (original !== undefined) return original;
    if (level === deepestInput) return input;
    if (Array.isArray(input)) {
      const items = input.map((item: unknown) => unwrapped(item, level + 1));
      return items.some((item, index) => item !== input[index]) ? items : input;
    }
    if (!isPlainObject(input)) return input;
    const changed = Object.entries(input)
      .map(([name, inner]) => [name, unwrapped(inner, level + 1)] as const)
      .filter(([name, inner]) => inner !== input[name]);
    return changed.length === 0 ? input : { ...input, ...Object.fromEntries(changed) };
  };
  return guard;
}

/** What a plugin handed out is at most this deep in what it gets: `sharedWith[0]` of options. */
const deepestInput = 2;

function attempt<T>(work: () => T, asked: Asked): T {
  try {
    return work();
  } catch (error) {
    throw pluginError(error, asked);
  }
}

async function settled<T>(work: () => Promise<T>, asked: Asked): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw pluginError(error, asked);
  }
}

function iteratorOf(items: unknown): AsyncIterator<unknown> | Iterator<unknown> {
  const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } =
    items as AsyncIterable<unknown> & Iterable<unknown>;
  return Reflect.apply(asynchronous ?? synchronous, items, []) as AsyncIterator<unknown>;
}

function askedBy({ words, signals }: Asked, name: string, inputs: readonly unknown[]): Asked {
  const [first] = inputs;
  const own = inputs.flatMap((input) => signalOf(input) ?? []);
  const given = typeof first === 'string' ? JSON.stringify(first) : '';
  return { words: `${words}${name}(${given})`, signals: own.length > 0 ? own : signals };
}

function signalOf(input: unknown): AbortSignal | undefined {
  if (typeof input !== 'object' || input === null || !('signal' in input)) return undefined;
  return input.signal instanceof AbortSignal ? input.signal : undefined;
}

function endedEarly({ words }: Asked): KanikitError {
  return new KanikitError({
    code: 'plugin-failed',
    message: `Reading what the ${words} answered: it ended before it told how the pod ended.`,
    hint,
  });
}
