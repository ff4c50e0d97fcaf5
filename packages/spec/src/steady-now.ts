/**
 * Whole milliseconds since the epoch, by the clock of this process: it begins with the machine's time and goes on evenly, also where the machine's clock is
 * set meanwhile. For how long things take and when they are told; what others wrote is compared with `Date.now`.
 */
export function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
