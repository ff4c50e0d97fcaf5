import type { BuildSettings } from '@kanikit/spec';

/** What to look at, and how far. */
export interface DiagnoseOptions {
  /** Builds as they will be asked for: destinations, platform, pod settings. @default builds that push nothing */
  readonly settings?: BuildSettings | undefined;
  /** True also runs the executor in a pod, which is removed. @default false */
  readonly isDeep?: boolean | undefined;
  /** Longest time of the whole, in milliseconds; what was not seen by then is `unknown`. @default 30,000, or 240,000 when deep */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
