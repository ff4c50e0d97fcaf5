/**
 * The shape of an API type as far as the sandbox checks it. `any` keeps what stands below as it came: those parts of a pod are not
 * read by kanikit or the sandbox.
 */
export type Schema =
  | 'string'
  | 'integer'
  | 'boolean'
  | 'quantity'
  | 'time'
  | 'base64'
  | 'any'
  | { readonly list: Schema }
  | { readonly map: Schema }
  | { readonly struct: string; readonly fields: Readonly<Record<string, Schema>> };

export function struct(name: string, fields: Readonly<Record<string, Schema>>): Schema {
  return { struct: name, fields };
}

export function list(of: Schema): Schema {
  return { list: of };
}

export function map(of: Schema): Schema {
  return { map: of };
}

/** The fields of these names, all of one schema. */
export function fields<Name extends string>(of: Schema, names: readonly Name[]): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, of])) as Record<Name, Schema>;
}
