import type { GenericSchema, InferInput } from 'valibot';
import type { Schema } from './shapes.ts';

/** A type without `readonly`, and intersections as one object: two types that mean the same become the same. */
type Normal<T> = T extends Uint8Array | ((...inputs: never[]) => unknown)
  ? T
  : T extends readonly (infer Item)[]
    ? Normal<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Normal<T[Key]> }
      : T;

type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

/**
 * Gives a schema the documented type that it checks. Does not compile where they differ: a field more or less, another type of a field.
 *
 * @example
 * const cache: Schema<CacheSettings> = schemaOf<CacheSettings>()(fields({ ttl: maybe(text) }));
 */
export function schemaOf<T>(): <S extends GenericSchema>(
  schema: Same<Normal<InferInput<S>>, Normal<T>> extends true ? S : { readonly differsFrom: T },
) => Schema<T> {
  return (schema) => schema as unknown as Schema<T>;
}
