import type { KanikitEvent } from '@kanikit/spec';
import type { EventSink } from '../model/emitter.ts';

/** A reader this many events behind makes the log wait for it. */
const highWater = 1_000;

/** Events kept for a reader that has not come yet; beyond it the oldest are dropped (their `seq` shows the gap). */
const earlyLimit = 20_000;

export interface EventStream {
  readonly sink: EventSink;
  /** Every iteration gets the events from then on; the first one also gets those before it. */
  readonly events: AsyncIterable<KanikitEvent>;
  /** No more events will come: iterations end when they have seen all. */
  end(): void;
}

/** Turns pushed events into `for await`, with backpressure and bounded memory. */
export function createEventStream(): EventStream {
  const readers = new Set<Reader>();
  let early: KanikitEvent[] | undefined = [];
  let isEnded = false;
  return {
    sink: (event) => {
      if (early !== undefined) {
        early.push(event);
        if (early.length > earlyLimit) early.splice(0, earlyLimit / 10);
        return undefined;
      }
      const waits = [...readers].map((reader) => reader.push(event)).filter((wait) => wait !== undefined);
      return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
    },
    events: {
      [Symbol.asyncIterator]: () => {
        const reader = createReader(early ?? [], isEnded, () => readers.delete(reader));
        early = undefined;
        readers.add(reader);
        return reader.iterator;
      },
    },
    end: () => {
      isEnded = true;
      for (const reader of readers) reader.end();
    },
  };
}

interface Reader {
  push(event: KanikitEvent): Promise<void> | undefined;
  end(): void;
  readonly iterator: AsyncIterator<KanikitEvent>;
}

function createReader(first: readonly KanikitEvent[], hasEnded: boolean, onClose: () => void): Reader {
  let queue = [...first];
  let position = 0;
  let isEnded = hasEnded;
  let wake: (() => void) | undefined;
  let drained: PromiseWithResolvers<void> | undefined;
  const release = () => {
    drained?.resolve();
    drained = undefined;
  };
  const close = () => {
    isEnded = true;
    queue = [];
    position = 0;
    release();
    wake?.();
    onClose();
  };
  const take = (): KanikitEvent | undefined => {
    const event = queue[position];
    if (event === undefined) return undefined;
    position += 1;
    if (position === queue.length) {
      queue = [];
      position = 0;
    }
    if (queue.length - position < highWater) release();
    return event;
  };
  return {
    push: (event) => {
      if (isEnded) return undefined;
      queue.push(event);
      wake?.();
      if (queue.length - position < highWater) return undefined;
      drained ??= Promise.withResolvers<void>();
      return drained.promise;
    },
    end: () => {
      isEnded = true;
      release();
      wake?.();
    },
    iterator: {
      next: async () => {
        for (;;) {
          const event = take();
          if (event !== undefined) return { done: false, value: event };
          if (isEnded) {
            onClose();
            return { done: true, value: undefined };
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = undefined;
        }
      },
      return: async () => {
        close();
        return { done: true, value: undefined };
      },
    },
  };
}
