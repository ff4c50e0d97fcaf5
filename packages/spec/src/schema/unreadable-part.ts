/** A part of a value that throws when it is looked at, as getters and proxies can. */
export interface UnreadablePart {
  readonly keys: readonly (string | number)[];
  readonly error: unknown;
}

/** Parts that are looked at; whoever has more of them is told without a path. */
const mostParts = 10_000;
const mostLevels = 100;

/** The first part of a value that can't be read. */
export function unreadablePart(whole: unknown): UnreadablePart | undefined {
  const seen = new Set<unknown>();
  const look = (value: unknown, keys: UnreadablePart['keys']): UnreadablePart | undefined => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
    if (seen.size >= mostParts || keys.length > mostLevels) return undefined;
    seen.add(value);
    let names: readonly (string | number)[];
    try {
      const isList = Array.isArray(value);
      // The name of its class is part of the words for a wrong value.
      String(
        (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor?.name,
      );
      names = Object.keys(value)
        .slice(0, mostParts)
        .map((name) => (isList ? Number(name) : name));
    } catch (error) {
      return { keys, error };
    }
    for (const name of names) {
      const found = lookAt(value, [...keys, name], look);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return look(whole, []);
}

function lookAt(
  value: object,
  keys: UnreadablePart['keys'],
  look: (value: unknown, keys: UnreadablePart['keys']) => UnreadablePart | undefined,
): UnreadablePart | undefined {
  let inner: unknown;
  try {
    inner = Reflect.get(value, keys.at(-1) ?? '');
  } catch (error) {
    return { keys, error };
  }
  return look(inner, keys);
}
