import type { RunState } from '@kanikit/core';
import type { KanikitEvent } from '@kanikit/spec';

/** Something that shows a run. */
export interface Display {
  /** Shows an event; `state` includes it. Returns a promise while the reader is behind (backpressure). */
  show(event: KanikitEvent, state: RunState): void | Promise<void>;
  /** Called about once a second: heartbeats and clocks. */
  tick(state: RunState): void;
  /** The user asked to stop: 1 builds are being cancelled, 2 kanikit stops waiting. */
  interrupted(level: 1 | 2): void;
  /** Leaves the screen and prints what stays; resolves when everything is written. */
  close(state: RunState): Promise<void>;
}

/** What a display may ask for. */
export interface DisplayControls {
  /** Stops one build, or all of them. */
  readonly cancel: (build: string | undefined) => void;
  /** As if the user had pressed Ctrl-C. */
  readonly interrupt: () => void;
  /** The reader of the output went away. @default interrupt */
  readonly readerGone?: (() => void) | undefined;
  /** Now, in the time of the events: a replay has its own. Milliseconds since the epoch. */
  readonly clock: () => number;
}
