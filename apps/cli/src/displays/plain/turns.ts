/** How long one build may keep talking while another waits. */
const turnMs = 5_000;

/** A silent build gives way after this time. */
const silenceMs = 1_000;

/** Lines a waiting build may gather before it gets its turn at once: the bound of this memory. */
const waitingLimit = 500;

interface Waiting {
  readonly lines: string[];
  readonly sinceMs: number;
}

/** Lets builds that run side by side speak in turns, as BuildKit does: a few seconds of one build read better than lines of all mixed. */
export interface Turns {
  /** Lines to print now, the build's own or those of others whose turn it is. */
  say(build: string, lines: readonly string[], nowMs: number): readonly string[];
  /** Lines whose time has come. */
  tick(nowMs: number): readonly string[];
  /** The build has ended: write the rest of its lines, and let the next build write. */
  end(build: string, nowMs: number): readonly string[];
  /** All that is left. */
  flush(): readonly string[];
}

export function createTurns(): Turns {
  const waiting = new Map<string, Waiting>();
  let speaker: string | undefined;
  let turnSinceMs = 0;
  let spokeAtMs = 0;

  const take = (build: string, nowMs: number): readonly string[] => {
    const lines = waiting.get(build)?.lines ?? [];
    waiting.delete(build);
    speaker = build;
    turnSinceMs = nowMs;
    spokeAtMs = nowMs;
    return lines;
  };
  /** Maps keep their order: the first has waited longest. */
  const tick = (nowMs: number): readonly string[] => {
    const [next] = waiting;
    if (next === undefined) return [];
    const full = [...waiting].find(([, { lines }]) => lines.length >= waitingLimit);
    if (full !== undefined) return take(full[0], nowMs);
    const isFree = speaker === undefined || nowMs - spokeAtMs >= silenceMs;
    const isOver = nowMs - turnSinceMs >= turnMs && nowMs - next[1].sinceMs >= turnMs;
    return isFree || isOver ? take(next[0], nowMs) : [];
  };
  return {
    say: (build, lines, nowMs) => {
      if (lines.length === 0) return tick(nowMs);
      if (speaker === undefined) {
        speaker = build;
        turnSinceMs = nowMs;
      }
      if (speaker === build) {
        spokeAtMs = nowMs;
        return [...lines, ...tick(nowMs)];
      }
      const queue = waiting.get(build) ?? { lines: [], sinceMs: nowMs };
      queue.lines.push(...lines);
      waiting.set(build, queue);
      return tick(nowMs);
    },
    tick,
    end: (build, nowMs) => {
      const rest = speaker === build ? [] : (waiting.get(build)?.lines ?? []);
      waiting.delete(build);
      if (speaker === build) speaker = undefined;
      return [...rest, ...tick(nowMs)];
    },
    flush: () => {
      const rest = [...waiting.values()].flatMap(({ lines }) => lines);
      waiting.clear();
      return rest;
    },
  };
}
