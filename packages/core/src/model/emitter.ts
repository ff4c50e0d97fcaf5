import type { BuildEvent, KanikitEvent, RunEvent } from '@kanikit/spec';

/** Takes events in order. A promise asks the producer of log events to wait (backpressure). */
export type EventSink = (event: KanikitEvent) => void | Promise<void>;

export interface Emitter {
  run(event: RunEvent): void;
  build(id: string, event: BuildEvent): void | Promise<void>;
}

/** Puts events of the run and its builds into envelopes, numbered without gaps. */
export function createEmitter(sink: EventSink, now: () => number): Emitter {
  let seq = 0;
  const envelope = () => ({ v: 1 as const, seq: (seq += 1), time: new Date(now()).toISOString() });
  return {
    run: (event) => void sink({ ...envelope(), ...event }),
    build: (id, event) => sink({ ...envelope(), build: id, ...event }),
  };
}
