/** What meets untrusted text, and texts that it may be slow on. */
export interface ReadingFunction {
  readonly name: string;
  /** Refusals count as answers. */
  readonly read: (text: string) => unknown;
  /** After each of them long runs of every kind of character follow. @default none */
  readonly beginnings?: readonly string[];
  /** Texts of about a length that runs do not make: many entries, deep nesting. */
  readonly shapes?: Readonly<Record<string, Shape>>;
}

export type Shape = (length: number) => string;

/** Entries that differ, up to the length. */
export function many(entry: (index: number) => string, before = '', between = '', after = ''): Shape {
  return (length) => {
    const count = Math.max(1, Math.floor(length / (entry(1000).length + between.length)));
    return before + Array.from({ length: count }, (_unused, index) => entry(index)).join(between) + after;
  };
}

/** One in the other, up to the length. */
export function nested(open: string, inner: string, close = ''): Shape {
  return (length) => {
    const depth = Math.floor(length / (open.length + close.length));
    return open.repeat(depth) + inner + close.repeat(depth);
  };
}

/** The bytes in pieces, as a file or a connection hands them on. */
export async function* inPieces(bytes: Uint8Array, size = 16_384): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

/** Reads a stream to its end. */
export async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _piece of stream);
}
