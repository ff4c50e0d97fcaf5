import { bytesPerSecond, type PackState, type Speed, timeLeftMs, type UploadState } from '@kanikit/core';
import { printable } from '@kanikit/toolkit/text';
import { formatBytes, formatCount, formatDuration, plural } from '../text/units.ts';

/** `212 MB of 461 MB, 45 MB/s, 6s left, 1,203 of 14,203 files`; what is not known is left out. Narrow rows lose its end. */
export function packText({ files, totalFiles, bytes, totalBytes, speed, isDone }: PackState): string {
  const count =
    totalFiles === undefined || totalFiles < files
      ? plural(files, 'file')
      : `${formatCount(files)} of ${plural(totalFiles, 'file')}`;
  return [...amountWords(bytes, totalBytes, isDone ? undefined : speed), count].join(', ');
}

/** `14,203 files, 461 MB into 124 MB in 10s`. */
export function packedText(pack: PackState): string {
  const { files, bytes, archiveBytes, atMs, startedAtMs } = pack;
  const took = formatDuration(atMs - startedAtMs);
  return `${plural(files, 'file')}, ${formatBytes(bytes)} into ${formatBytes(archiveBytes)} in ${took}`;
}

/** `4.0 MB of 124 MB, 8.0 MB/s, 3s left, 96 MB were there`. */
export function uploadText({ bytes, reusedBytes, totalBytes, speed, isDone }: UploadState): string {
  const left = totalBytes === undefined ? undefined : totalBytes - reusedBytes;
  const reused = reusedBytes === 0 ? [] : [`${formatBytes(reusedBytes)} were there`];
  return [...amountWords(bytes, left, isDone ? undefined : speed), ...reused].join(', ');
}

/** `uploaded 4.0 MB to s3://…, 120 MB of 124 MB were in the bucket already`. */
export function uploadedText({ bytes, reusedBytes, totalBytes, isReused, location }: UploadState): string {
  const place = printable(location);
  if (isReused) return `context is already in ${place}`;
  const total = totalBytes ?? bytes + reusedBytes;
  const reused =
    reusedBytes === 0
      ? ''
      : `, ${formatBytes(reusedBytes)} of ${formatBytes(total)} were in the bucket already`;
  return `uploaded ${formatBytes(bytes)} to ${place}${reused}`;
}

/** Amount, speed and time left. A total that is less than what is through was wrong, and is not shown. */
function amountWords(bytes: number, total: number | undefined, speed: Speed | undefined): readonly string[] {
  const known = total !== undefined && total >= bytes ? total : undefined;
  const amount = known === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(known)}`;
  const rate = speed === undefined ? undefined : bytesPerSecond(speed);
  if (speed === undefined || rate === undefined) return [amount];
  const leftMs = known === undefined || known === bytes ? undefined : timeLeftMs(speed, known - bytes);
  const left = leftMs === undefined ? [] : [`${formatLeft(leftMs)} left`];
  return [amount, `${formatBytes(rate)}/s`, ...left];
}

/** Whole seconds: tenths of a guess only flicker. */
function formatLeft(ms: number): string {
  return ms < 9_500 ? `${Math.max(1, Math.round(ms / 1000))}s` : formatDuration(ms);
}
