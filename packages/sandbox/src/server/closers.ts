/** What has to be closed again, the last first. */
export interface Closers extends AsyncDisposable {
  defer(close: () => unknown): void;
  use<T extends AsyncDisposable>(resource: T): T;
  /** From now on the caller closes everything, once, by the returned function. */
  keep(): () => Promise<void>;
}

/** As an `AsyncDisposableStack`, which only Node 24 has. */
export function createClosers(): Closers {
  let closers: (() => unknown)[] = [];
  const closeAll = async (list: (() => unknown)[]): Promise<void> => {
    const errors: unknown[] = [];
    for (let close = list.pop(); close !== undefined; close = list.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'Closing failed more than once.');
  };
  return {
    defer: (close) => void closers.push(close),
    use(resource) {
      closers.push(() => resource[Symbol.asyncDispose]());
      return resource;
    },
    keep() {
      const kept = closers;
      closers = [];
      let closed: Promise<void> | undefined;
      return () => (closed ??= closeAll(kept));
    },
    [Symbol.asyncDispose]: () => closeAll(closers),
  };
}
