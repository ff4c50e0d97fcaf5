/**
 * Hands out the elements of batches one by one. Written by hand, since a log may have hundreds of thousands of lines a second and each layer
 * of an async generator costs every one of them.
 */
export function flatten<T>(batches: AsyncGenerator<readonly T[]>): AsyncIterator<T> {
  let batch: readonly T[] = [];
  let at = 0;
  const next = async (): Promise<IteratorResult<T>> => {
    for (;;) {
      const { value, done } = await batches.next();
      if (done === true) return { value: undefined, done: true };
      if (value.length === 0) continue;
      batch = value;
      at = 1;
      return { value: batch[0]!, done: false };
    }
  };
  return {
    next() {
      if (at >= batch.length) return next();
      const value = batch[at]!;
      at += 1;
      return Promise.resolve({ value, done: false });
    },
    async return() {
      batch = [];
      await batches.return(undefined);
      return { value: undefined, done: true };
    },
  };
}
