/** At most this many frames are drawn in a second. */
export const framesPerSecond = 10;

/** Rows for the screen, made anew at most once per frame however many events come. */
export interface FrameStore {
  readonly subscribe: (listener: () => void) => () => void;
  /** Throws what drawing them threw. */
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
  let problem: { readonly error: unknown } | undefined;
  const update = (change: () => boolean) => {
    if (problem !== undefined) return;
    try {
      if (!change()) return;
    } catch (error) {
      // Thrown here, in a timer, it would end the process and leave its builds behind: who reads the rows gets it.
      problem = { error };
    }
    for (const listener of listeners) listener();
  };
  const redraw = () => {
    isDirty = false;
    second = Math.floor(clock() / 1000);
    const next = draw();
    const isSame = next.length === rows.length && next.every((row, index) => row === rows[index]);
    if (!isSame) rows = next;
    return !isSame;
  };
  const flush = () => update(redraw);
  const timer = setInterval(
    () => update(() => (isDirty || Math.floor(clock() / 1000) !== second) && redraw()),
    1000 / framesPerSecond,
  );
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rows: () => {
      if (problem !== undefined) throw problem.error;
      return rows;
    },
    touch: () => {
      isDirty = true;
    },
    flush,
    stop: () => clearInterval(timer),
  };
}
