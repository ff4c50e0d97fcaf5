import { bytesPerSecond, measureSpeed, type Speed, timeLeftMs } from '../reducer/speed.ts';

/** How fast bytes come and how long they still take; a field that can't be told yet is undefined. */
export interface TransferSpeed {
  /** Whole bytes, smoothed over some seconds. */
  readonly bytesPerSecond: number | undefined;
  /** Whole milliseconds, an estimate. */
  readonly remainingMs: number | undefined;
}

/** Measures one transfer: called with the bytes that are through, and all there are where that is known. */
export type Speedometer = (bytes: number, totalBytes: number | undefined) => TransferSpeed;

export function createSpeedometer(now: () => number): Speedometer {
  let speed: Speed | undefined;
  return (bytes, totalBytes) => {
    speed = measureSpeed(speed, bytes, now());
    const isTotalRight = totalBytes !== undefined && totalBytes >= bytes;
    return {
      bytesPerSecond: rounded(bytesPerSecond(speed)),
      remainingMs: isTotalRight ? rounded(timeLeftMs(speed, totalBytes - bytes)) : undefined,
    };
  };
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}
