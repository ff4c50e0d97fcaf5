import type { RunContext } from '@kanikit/spec';

/** What every plugin of a kind must do; throws an `AssertionError` of Node where it does not. For any test runner. */
export interface ContractTest {
  readonly name: string;
  readonly run: () => Promise<void>;
}

export function contractRun(signal: AbortSignal = new AbortController().signal): RunContext {
  return { signal, now: Date.now };
}

/** What a promise is rejected with; undefined where it is not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
