import type { PackProgress } from '@kanikit/spec';

const intervalMs = 100;

export interface ProgressReporter {
  addFile(bytes: number): void;
  /** Several files at once. */
  addFiles(files: number, bytes: number): void;
  addBytes(bytes: number): void;
  addArchiveBytes(bytes: number): void;
  /** Files and bytes there are in all. */
  setTotals(files: number, bytes: number): void;
  /** Reports where the last report is long enough ago. */
  tick(): void;
  end(): void;
}

/** Counts, and reports at most ten times a second and once at the end. */
export function createProgressReporter(
  report: ((progress: PackProgress) => void) | undefined,
  now: () => number,
): ProgressReporter {
  const counts = { files: 0, bytes: 0, archiveBytes: 0 };
  let totals: Pick<PackProgress, 'totalFiles' | 'totalBytes'> = {};
  let last = now();
  return {
    addFile(bytes) {
      counts.files += 1;
      counts.bytes += bytes;
    },
    addFiles(files, bytes) {
      counts.files += files;
      counts.bytes += bytes;
    },
    addBytes(bytes) {
      counts.bytes += bytes;
    },
    addArchiveBytes(bytes) {
      counts.archiveBytes += bytes;
    },
    setTotals(totalFiles, totalBytes) {
      totals = { totalFiles, totalBytes };
    },
    tick() {
      const time = now();
      if (report === undefined || Math.abs(time - last) < intervalMs) return;
      last = time;
      report({ ...counts, ...totals });
    },
    end() {
      report?.({ ...counts, ...totals });
    },
  };
}
