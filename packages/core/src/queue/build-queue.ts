import { KanikitError } from '@kanikit/spec';

/** How many builds may run at once. */
export interface BuildLimits {
  /** In all. */
  readonly concurrency: number;
  /** In each namespace. @default no limit of its own */
  readonly concurrencyPerNamespace?: number | undefined;
  /** Pushing to each registry (host of a destination). @default no limit of its own */
  readonly concurrencyPerRegistry?: number | undefined;
}

/** Where a build wants to run. */
export interface QueueRequest {
  readonly namespace: string;
  /** Hosts it pushes to. */
  readonly registries: readonly string[];
  /** What it waits for, for people; told when it begins to wait, when that changes, and as the line before it gets shorter. */
  readonly onWait: (message: string) => void;
}

/** The line of builds that wait for their turn, shared by all runs of a client. */
export interface BuildQueue {
  /** Resolves with the function that gives the place back; rejects with the signal's reason when aborted while waiting. */
  take(request: QueueRequest, signal: AbortSignal): Promise<() => void>;
}

/**
 * How many builds behind it may go first while a build waits for one of several places it needs; then they are kept for it. Without it a build
 * that needs two rare places at once might wait for ever, and with none the line would stand still for its sake.
 */
const patience = 20;

interface Place {
  readonly key: string;
  readonly limit: number;
  readonly words: string;
}

interface Waiter {
  readonly places: readonly Place[];
  readonly grant: () => void;
  readonly onWait: (message: string) => void;
  overtaken: number;
  told: { readonly key: string; readonly ahead: number } | undefined;
}

/**
 * First come, first served; who waits for a full namespace or registry lets those behind pass that need neither.
 *
 * @throws KanikitError `limit-invalid`
 */
export function createBuildQueue(limits: BuildLimits): BuildQueue {
  checkLimits(limits);
  const used = new Map<string, number>();
  const waiting = new Set<Waiter>();
  const count = (key: string, change: number) => used.set(key, (used.get(key) ?? 0) + change);

  const admit = (): void => {
    const passed: Waiter[] = [];
    const kept = new Map<string, number>();
    const aheadOf = new Map<string, number>();
    for (const waiter of waiting) {
      const full = waiter.places.find(
        ({ key, limit }) => (used.get(key) ?? 0) + (kept.get(key) ?? 0) >= limit,
      );
      if (full === undefined) {
        waiting.delete(waiter);
        for (const { key } of waiter.places) count(key, 1);
        for (const other of passed) if (shareRarePlace(other, waiter)) other.overtaken += 1;
        waiter.grant();
        continue;
      }
      const ahead = aheadOf.get(full.key) ?? 0;
      aheadOf.set(full.key, ahead + 1);
      tell(waiter, full, ahead);
      passed.push(waiter);
      if (waiter.overtaken < patience) continue;
      for (const { key } of waiter.places) kept.set(key, (kept.get(key) ?? 0) + 1);
    }
  };

  return {
    take: ({ namespace, registries, onWait }, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const places = placesOf(limits, namespace, registries);
        const onAbort = () => {
          waiting.delete(waiter);
          reject(signal.reason as Error);
          admit();
        };
        let isReleased = false;
        const release = () => {
          if (isReleased) return;
          isReleased = true;
          for (const { key } of places) count(key, -1);
          admit();
        };
        const grant = () => {
          signal.removeEventListener('abort', onAbort);
          resolve(release);
        };
        const waiter: Waiter = { places, grant, onWait, overtaken: 0, told: undefined };
        waiting.add(waiter);
        signal.addEventListener('abort', onAbort, { once: true });
        admit();
      }),
  };
}

/** A limit below one would let nothing ever begin. */
function checkLimits(limits: BuildLimits): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === undefined || limit >= 1) continue;
    throw new KanikitError({
      code: 'limit-invalid',
      message: `Limiting builds: ${name} is ${limit}.`,
      hint: 'Give a number from 1 up.',
    });
  }
}

function placesOf(limits: BuildLimits, namespace: string, registries: readonly string[]): readonly Place[] {
  const { concurrency, concurrencyPerNamespace, concurrencyPerRegistry } = limits;
  const rare: Place[] = [];
  if (concurrencyPerNamespace !== undefined) {
    const words = `${builds(concurrencyPerNamespace)} at once in namespace ${namespace}`;
    rare.push({ key: `namespace ${namespace}`, limit: concurrencyPerNamespace, words });
  }
  if (concurrencyPerRegistry !== undefined) {
    for (const host of new Set(registries)) {
      const words = `${builds(concurrencyPerRegistry)} at once that push to ${host}`;
      rare.push({ key: `registry ${host}`, limit: concurrencyPerRegistry, words });
    }
  }
  return [...rare, { key: 'all', limit: concurrency, words: `${builds(concurrency)} at once` }];
}

function builds(count: number): string {
  return count === 1 ? '1 build runs' : `${count} builds run`;
}

function shareRarePlace(left: Waiter, right: Waiter): boolean {
  return left.places.some(({ key }) => key !== 'all' && right.places.some((place) => place.key === key));
}

/** With a thousand builds in the line not every step of it is worth an event: each hears of it when half of those ahead are gone. */
function tell(waiter: Waiter, { key, words }: Place, ahead: number): void {
  const { told } = waiter;
  if (told?.key === key && ahead > Math.floor(told.ahead / 2)) return;
  if (told?.key === key && told.ahead === ahead) return;
  waiter.told = { key, ahead };
  waiter.onWait(ahead === 0 ? `${words}; this one is next` : `${words}; ${ahead} ahead of this one`);
}
