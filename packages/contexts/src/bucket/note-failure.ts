/** A stream whose own failure can be told from that of whoever reads it. */
export interface NotedStream {
  readonly stream: AsyncIterable<Uint8Array>;
  /** What the stream ended with, by itself. */
  readonly failure: () => { readonly error: unknown } | undefined;
}

export function noteFailure(source: AsyncIterable<Uint8Array>): NotedStream {
  let failure: { readonly error: unknown } | undefined;
  return {
    failure: () => failure,
    stream: (async function* () {
      try {
        yield* source;
      } catch (error) {
        failure = { error };
        throw error;
      }
    })(),
  };
}
