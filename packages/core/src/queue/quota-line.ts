import { setTimeout as delay } from 'node:timers/promises';
import {
  type CallWait,
  type Cluster,
  type DelayBounds,
  growingDelay,
  isKanikitError,
  KanikitError,
  type RunContext,
  untilAborted,
} from '@kanikit/spec';

/** Delays between tries where the cluster can't tell when there is room, and between refusals in a row. */
const tryDelays = { firstMs: 1_000, longestMs: 30_000 };

export interface QuotaWait {
  readonly namespace: string;
  /** What it waits for, for people; undefined when the wait is over. */
  readonly onWait: (wait: CallWait | undefined) => void;
  /** Longest wait in milliseconds. */
  readonly timeoutMs: number;
}

/** Launches that wait for room in a namespace's quota, in order, shared by all runs of a client. */
export interface QuotaLines {
  /**
   * Launches, and again when there may be room, as long as a quota refuses. While one waits, others of its namespace queue behind it.
   *
   * @throws what `launch` throws, `quota-exceeded` where there was no room in time
   */
  launch<T>(launch: () => Promise<T>, wait: QuotaWait, run: RunContext): Promise<T>;
  /** A pod of this client ended in the namespace: there may be room. */
  ended(namespace: string): void;
}

interface Ticket {
  readonly order: number;
  /** Resolved when it is the first. */
  readonly turn: PromiseWithResolvers<void>;
  readonly tell: () => void;
}

interface Line {
  tickets: readonly Ticket[];
  /** What the quota said last. */
  refusal: KanikitError | undefined;
  poke: PromiseWithResolvers<void>;
}

export function createQuotaLines(
  cluster: Pick<Cluster, 'whenRoom'>,
  delays: DelayBounds = tryDelays,
): QuotaLines {
  const lines = new Map<string, Line>();
  let arrivals = 0;
  const lineOf = (namespace: string): Line => {
    const line = lines.get(namespace) ?? { tickets: [], refusal: undefined, poke: Promise.withResolvers() };
    lines.set(namespace, line);
    return line;
  };

  /** Waits for a pod of ours to end, for this long at most: true where one did. */
  const pause = async (delayMs: number, line: Line, signal: AbortSignal): Promise<boolean> => {
    const stop = new AbortController();
    try {
      const later = delay(delayMs, false, { signal: stop.signal }).catch(() => false);
      return await untilAborted(Promise.race([line.poke.promise.then(() => true), later]), signal);
    } finally {
      stop.abort();
    }
  };

  /** Waits until a try is worth it; true where that is because a pod of ours ended. */
  const room = async (
    refusal: KanikitError,
    refusals: number,
    line: Line,
    run: RunContext,
  ): Promise<boolean> => {
    const delayMs = growingDelay(refusals, delays);
    // What the quota shows may be behind what it decides by, so a refusal after "there is room" is no reason to ask faster.
    const isPoked = refusals > 1 && (await pause(delayMs, line, run.signal));
    if ((await (cluster.whenRoom?.(refusal, run) ?? false)) || refusals > 1) return isPoked;
    return pause(delayMs, line, run.signal);
  };

  const waitInLine = async <T>(
    launch: () => Promise<T>,
    first: KanikitError | undefined,
    { line, ticket }: { readonly line: Line; readonly ticket: Ticket },
    run: RunContext,
    bounded: RunContext,
  ): Promise<T> => {
    await untilAborted(ticket.turn.promise, bounded.signal);
    let refusal = first;
    for (let refusals = 1; ; refusals += 1) {
      // The quota learns of the end a moment later: the next tries come soon.
      if (refusal !== undefined && (await room(refusal, refusals, line, bounded))) refusals = 0;
      run.signal.throwIfAborted();
      try {
        return await launch();
      } catch (error) {
        if (!isOfQuota(error)) throw error;
        refusal = error;
        line.refusal = error;
        for (const each of line.tickets) each.tell();
      }
    }
  };

  return {
    async launch(launch, { namespace, onWait, timeoutMs }, run) {
      const line = lineOf(namespace);
      const order = (arrivals += 1);
      let first: KanikitError | undefined;
      if (line.tickets.length === 0) {
        try {
          return await launch();
        } catch (error) {
          if (!isOfQuota(error)) throw error;
          first = error;
          line.refusal = error;
        }
      }
      const ticket: Ticket = { order, turn: Promise.withResolvers(), tell: () => tell() };
      let told = '';
      const tell = (): void => {
        const message = waitingWords(line, ticket);
        if (message !== told) onWait({ reason: 'quota', message, hint: line.refusal?.hint });
        told = message;
      };
      const enter = [...line.tickets, ticket].toSorted((left, right) => left.order - right.order);
      line.tickets = enter;
      enter[0]?.turn.resolve();
      tell();
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(noRoom(line.refusal, timeoutMs)), timeoutMs);
      const bounded = { ...run, signal: AbortSignal.any([run.signal, late.signal]) };
      try {
        return await waitInLine(launch, first, { line, ticket }, run, bounded);
      } catch (error) {
        // A timer tells with an error of its own that it was aborted.
        bounded.signal.throwIfAborted();
        throw error;
      } finally {
        clearTimeout(timer);
        line.tickets = line.tickets.filter((other) => other !== ticket);
        line.tickets[0]?.turn.resolve();
        for (const other of line.tickets) other.tell();
        if (line.tickets.length === 0) lines.delete(namespace);
        onWait(undefined);
      }
    },
    ended(namespace) {
      const line = lines.get(namespace);
      if (line === undefined) return;
      line.poke.resolve();
      line.poke = Promise.withResolvers();
    },
  };
}

/** Refused now, and not for ever. */
function isOfQuota(error: unknown): error is KanikitError {
  return isKanikitError(error) && error.code === 'quota-exceeded' && error.retryable;
}

function waitingWords({ refusal, tickets }: Line, ticket: Ticket): string {
  const ahead = tickets.indexOf(ticket);
  const why = refusal?.message ?? 'The quota of the namespace has no room.';
  return ahead <= 0 ? why : `${why} ${ahead === 1 ? '1 build is' : `${ahead} builds are`} ahead of this one.`;
}

function noRoom(refusal: KanikitError | undefined, timeoutMs: number): KanikitError {
  return new KanikitError({
    code: 'quota-exceeded',
    message: `${refusal?.message ?? 'The quota of the namespace has no room.'} There was none for ${timeoutMs / 1000} s, the longest wait.`,
    hint: refusal?.hint ?? 'Raise `timeoutMs`, or wait until other pods have ended.',
    cause: refusal,
  });
}
