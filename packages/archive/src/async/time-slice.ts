import { setImmediate } from 'node:timers/promises';

/** Longest time others in this process wait for us. */
const sliceMs = 8;

/** Lets others run in between long work that does not wait. */
export interface TimeSlice {
  /** True when it is time to rest. */
  readonly isOver: boolean;
  /** @throws the signal's reason once it is aborted */
  rest(): Promise<void>;
}

export function createTimeSlice(signal: AbortSignal): TimeSlice {
  let end = performance.now() + sliceMs;
  return {
    get isOver() {
      return performance.now() > end;
    },
    async rest() {
      signal.throwIfAborted();
      await setImmediate();
      signal.throwIfAborted();
      end = performance.now() + sliceMs;
    },
  };
}
