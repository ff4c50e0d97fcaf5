import type { BuildOutcome } from '../failure.ts';
import type { BuildEvent } from './build-events.ts';

/** A build of the run, as announced at its start. */
export interface AnnouncedBuild {
  /** Unique in the run; every later event of the build carries it as `build`. */
  readonly id: string;
  /** Display name, unique in the run. */
  readonly name: string;
  readonly context: string;
  readonly destinations: readonly string[];
  readonly platform: string | undefined;
}

export interface RunStartEvent {
  readonly type: 'run-start';
  readonly run: string;
  readonly cluster: { readonly kind: string; readonly name: string; readonly namespace: string };
  /** True when recorded builds are played instead of real ones; every display says so. */
  readonly isSimulated: boolean;
  readonly builds: readonly AnnouncedBuild[];
}

/** The user (or a signal) asked to stop. */
export interface RunCancelEvent {
  readonly type: 'run-cancel';
  readonly reason: string;
}

export interface RunEndEvent {
  readonly type: 'run-end';
  readonly outcome: BuildOutcome;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Builds that go on in the cluster; absent for none. */
  readonly detached?: number | undefined;
  readonly durationMs: number;
}

export type RunEvent = RunStartEvent | RunCancelEvent | RunEndEvent;

/** Carried by every event. */
export interface EventEnvelope {
  /** Version of the event schema; grows when a field changes its meaning or goes. New fields and types do not count. */
  readonly v: 1;
  /** 1, 2, 3, … in a run, without gaps. */
  readonly seq: number;
  /** ISO 8601 with milliseconds, UTC. */
  readonly time: string;
  /** Id of the build; absent on events of the run itself. */
  readonly build?: string | undefined;
}

/** One event of a run: what the SDK yields, `--progress json` prints and the reducer folds. */
export type KanikitEvent = EventEnvelope & (RunEvent | BuildEvent);
