/** At most this many frames are drawn in a second. */
export const framesPerSecond = 10;

/** Rows for the screen, made anew at most once per frame however many events come. */
export interface FrameStore {
  readonly subscribe: (listener: () => void) => () => void;
  readonly rows: () => readonly string[];
  /** Something has changed: the next frame shows it. */
  readonly touch: () => void;
  /** Shows it now: for keys and resizing. */
  readonly flush: () => void;
  readonly stop: () => void;
}

/** `draw` makes all rows; `clock` moves running times on once a second. */
export function createFrameStore(draw: () => readonly string[], clock: () => number): FrameStore {
  const listeners = new Set<() => void>();
  let rows = draw();
  let isDirty = false;
  let second = 0;
  const flush = () => {
    isDirty = false;
    second = Math.floor(clock() / 1000);
    const next = draw();
    const isSame = next.length === rows.length && next.every((row, index) => row === rows[index]);
    if (isSame) return;
    rows = next;
    for (const listener of listeners) listener();
  };
  const timer = setInterval(() => {
    if (isDirty || Math.floor(clock() / 1000) !== second) flush();
  }, 1000 / framesPerSecond);
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rows: () => rows,
    touch: () => {
      isDirty = true;
    },
    flush,
    stop: () => clearInterval(timer),
  };
}
