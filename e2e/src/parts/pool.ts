/** Lends a few things to tests beside each other, each to one at a time. */
export type Pool<T> = <R>(action: (one: T) => Promise<R>) => Promise<R>;

/** Throws where more want one than there are: what vitest starts at once is known. */
export function createPool<T>(all: readonly T[]): Pool<T> {
  const free = [...all];
  return async (action) => {
    const one = free.pop();
    if (one === undefined) throw new Error(`more than ${all.length} tests at once`);
    try {
      return await action(one);
    } finally {
      free.push(one);
    }
  };
}
