/** Writes to a stream that may be slow or gone. */
export interface LineWriter {
  /** A promise when the reader is behind. */
  write(text: string | Uint8Array): void | Promise<void>;
  /** Resolves when all is handed to the system, or the reader is gone. */
  flush(): Promise<void>;
}

/** `onGone` is called once when the other end of a pipe was closed (`| head`); what is written after that is dropped. `toText` makes text what the user's locale can show. */
export function createLineWriter(
  stream: NodeJS.WritableStream,
  onGone: () => void,
  toText: (text: string) => string = String,
): LineWriter {
  let isGone = false;
  const wakes = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of wakes) wake();
    wakes.clear();
  };
  stream.on('drain', wakeAll);
  stream.on('error', () => {
    if (isGone) return;
    isGone = true;
    wakeAll();
    onGone();
  });
  return {
    write: (text) => {
      if (isGone || text.length === 0) return undefined;
      if (stream.write(typeof text === 'string' ? toText(text) : text)) return undefined;
      return new Promise((resolve) => wakes.add(resolve));
    },
    flush: () =>
      new Promise((resolve) => {
        if (isGone) return resolve();
        wakes.add(resolve);
        stream.write('', () => resolve());
      }),
  };
}
