import type { PodLaunch } from './pod-launch.ts';

/** What one check of the doctor found. */
export interface Finding {
  /** Stable kebab-case identifier, documented in `docs/doctor.md`. */
  readonly check: string;
  /** `problem`: builds can not run. `warning`: they can, with something missing. `unknown`: it can't be seen from here. */
  readonly status: 'ok' | 'warning' | 'problem' | 'unknown';
  /** What was looked at, in a few words. */
  readonly title: string;
  /** What was found. Text of clusters, registries and programs is untrusted. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** Code of the error that was met. */
  readonly code?: string | undefined;
}

/** What the doctor asks a cluster about. */
export interface ClusterExamination {
  /** The pod of a build; nothing of it is created. */
  readonly launch: PodLaunch;
  /** True when contexts are streamed to the executor's stdin. */
  readonly isAttachNeeded: boolean;
}
