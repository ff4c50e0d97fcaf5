/** How fast bytes come, smoothed: an average in which what is long ago counts less and less. */
export interface Speed {
  readonly bytes: number;
  readonly atMs: number;
  /** Bytes and milliseconds, both faded by their age. */
  readonly fadedBytes: number;
  readonly fadedMs: number;
}

/** Time in which the weight of the past falls to a third: long enough for a calm number, short enough to follow a change. */
const fadeMs = 5_000;
/** No speed is told before: the first pieces say little. */
const leastMs = 500;

export function startSpeed(bytes: number, atMs: number): Speed {
  return { bytes, atMs, fadedBytes: 0, fadedMs: 0 };
}

/** The speed with one more measurement. Fewer bytes than before begin anew: something is sent again. */
export function measureSpeed(speed: Speed | undefined, bytes: number, atMs: number): Speed {
  if (speed === undefined || bytes < speed.bytes) return startSpeed(bytes, atMs);
  const passedMs = Math.max(0, atMs - speed.atMs);
  const fade = Math.exp(-passedMs / fadeMs);
  return {
    bytes,
    atMs: speed.atMs + passedMs,
    fadedBytes: speed.fadedBytes * fade + (bytes - speed.bytes),
    fadedMs: speed.fadedMs * fade + passedMs,
  };
}

/** Undefined while too little is known. */
export function bytesPerSecond({ fadedBytes, fadedMs }: Speed): number | undefined {
  return fadedMs < leastMs ? undefined : (fadedBytes / fadedMs) * 1000;
}

/** Milliseconds until so many more bytes are through; undefined where that can't be told. */
export function timeLeftMs(speed: Speed, bytesLeft: number): number | undefined {
  const rate = bytesPerSecond(speed);
  if (rate === undefined || rate <= 0 || !Number.isFinite(bytesLeft)) return undefined;
  return (Math.max(0, bytesLeft) / rate) * 1000;
}
