/** Structurally the `RunContext` of @kanikit/spec, whose own tests may use it, too. */
interface TestRun {
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** A context of a run on the machine's clock. */
export function testRun(signal: AbortSignal = new AbortController().signal): TestRun {
  return { signal, now: Date.now };
}
