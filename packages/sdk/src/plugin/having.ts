import { instance, type maybe, type Schema, such } from '@kanikit/spec/schema';

/** An object with these members, as far as kanikit uses them without a look; it may have more. */
export function having<T extends object>(
  what: string,
  members: { readonly [Name in keyof T]?: Schema<unknown> | ReturnType<typeof maybe> },
): Schema<unknown> {
  return instance<Readonly<Record<string, unknown>>>(
    what,
    members as Readonly<Record<string, Schema<unknown>>>,
  );
}

export const bytes: Schema<unknown> = such(
  (value) => Object.prototype.toString.call(value) === '[object Uint8Array]',
  'a Uint8Array',
);

/** What can be iterated and waited for. */
export const items: Schema<unknown> = such(
  (value) => hasMember(value, Symbol.asyncIterator) || Array.isArray(value),
  'a stream',
);

export const promised: Schema<unknown> = such((value) => hasMember(value, 'then'), 'a promise');

export function memberOf(value: unknown, name: string | symbol): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function hasMember(value: unknown, name: string | symbol): boolean {
  return typeof memberOf(value, name) === 'function';
}
