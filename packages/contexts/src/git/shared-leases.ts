/** Something that several builds use and the last one closes. */
export interface Lease<Value> extends AsyncDisposable {
  readonly value: Value;
}

/** Makes things once for all that ask for the same while one of them has it. */
export interface SharedLeases<Value extends AsyncDisposable> {
  /** Throws what `make` throws; a failure is not kept. */
  acquire(key: string, make: () => Promise<Value>): Promise<Lease<Value>>;
}

interface Entry<Value> {
  readonly made: Promise<Value>;
  users: number;
}

export function createSharedLeases<Value extends AsyncDisposable>(): SharedLeases<Value> {
  const entries = new Map<string, Entry<Value>>();
  return {
    acquire: async (key, make) => {
      const entry = entries.get(key) ?? { made: make(), users: 0 };
      entries.set(key, entry);
      entry.users += 1;
      const leave = async (): Promise<void> => {
        entry.users -= 1;
        if (entry.users > 0) return;
        if (entries.get(key) === entry) entries.delete(key);
        await (await entry.made)[Symbol.asyncDispose]();
      };
      try {
        return { value: await entry.made, [Symbol.asyncDispose]: once(leave) };
      } catch (error) {
        if (entries.get(key) === entry) entries.delete(key);
        throw error;
      }
    },
  };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return async () => await (done ??= action());
}
