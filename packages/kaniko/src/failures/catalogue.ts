import {
  assertionViolated,
  buildFailed,
  crashed,
  endedSilently,
  killed,
  outOfMemory,
  terminated,
} from './end-failures.ts';
import { contextFailures } from './context-failures.ts';
import { downloadFailures } from './download-failures.ts';
import type { FailureEntry } from './failure-entry.ts';
import {
  baseImageFailures,
  checkFallback,
  connectionFailures,
  imageFailures,
  pushFailures,
  pushFallback,
} from './registry-failures.ts';
import { startFailures } from './start-failures.ts';
import { stepFailures } from './step-failures.ts';

/** Every way in which a build of an executor can fail, as `docs/failures.md` lists them. */
export const failureCatalogue: readonly FailureEntry[] = [
  ...contextFailures,
  ...startFailures,
  ...connectionFailures,
  ...pushFailures,
  checkFallback,
  pushFallback,
  ...imageFailures,
  ...baseImageFailures,
  ...stepFailures,
  ...downloadFailures,
  outOfMemory,
  assertionViolated,
  crashed,
  killed,
  terminated,
  endedSilently,
  buildFailed,
];
