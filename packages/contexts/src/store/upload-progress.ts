import type { UploadProgress } from '@kanikit/spec';

const intervalMs = 100;

/** Counts, and reports at most ten times a second and once at the end. */
export interface UploadCounter {
  readonly sentBytes: number;
  addSent(bytes: number): void;
  addReused(bytes: number): void;
  setTotal(bytes: number): void;
  end(): void;
}

export function createUploadCounter(
  report: ((progress: UploadProgress) => void) | undefined,
  now: () => number,
): UploadCounter {
  const counts: { sentBytes: number; reusedBytes: number; totalBytes: number | undefined } = {
    sentBytes: 0,
    reusedBytes: 0,
    totalBytes: undefined,
  };
  let reportedAt = Number.NEGATIVE_INFINITY;
  const tick = (): void => {
    const time = now();
    if (Math.abs(time - reportedAt) < intervalMs) return;
    reportedAt = time;
    report?.({ ...counts });
  };
  return {
    get sentBytes() {
      return counts.sentBytes;
    },
    addSent(bytes) {
      counts.sentBytes += bytes;
      tick();
    },
    addReused(bytes) {
      counts.reusedBytes += bytes;
      tick();
    },
    setTotal(bytes) {
      counts.totalBytes = bytes;
    },
    end: () => report?.({ ...counts }),
  };
}
