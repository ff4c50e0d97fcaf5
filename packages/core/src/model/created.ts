import { isKanikitError } from '@kanikit/spec';
import { errorWords } from '@kanikit/toolkit/text';
import type { Emitter } from './emitter.ts';

/** Longest time removing one thing may take before it is reported as left behind. */
const removeTimeoutMs = 20_000;

/** Something this run made in the outside world. */
export interface CreatedThing {
  /** For people: `pod builds/kanikit-api-1a2b3c`. */
  readonly target: string;
  /** True for what belongs to one attempt, and goes before the next. */
  readonly isOfAttempt?: boolean | undefined;
  /** True while others need it, too: then letting it go removes nothing, and nothing is told. */
  readonly isShared?: (() => boolean) | undefined;
  remove(): Promise<void>;
  /** Leaves it to be looked at, without what is secret in it; undefined where it can't be or need not be left. */
  keep?: (() => Promise<void>) | undefined;
}

/** Keeps account of what a build created, and removes it at the end, whatever the end. */
export interface CreatedThings {
  add(thing: CreatedThing): void;
  /** What exists now. */
  targets(): readonly string[];
  /** Removes everything, all at once; what can't be removed is reported and returned. */
  removeAll(): Promise<readonly string[]>;
  /** The same, but leaves what may be looked at. */
  removeAllButKept(): Promise<readonly string[]>;
  /** Removes nothing, now or later: the build goes on without this client. */
  letGo(): void;
  /** Removes what belongs to an attempt, in the same way. */
  removeAttempt(): Promise<readonly string[]>;
}

export function trackCreated(emitter: Emitter, build: string): CreatedThings {
  const things = new Set<CreatedThing>();
  /** What could not be removed after an attempt: it was tried for as long as it is worth, and is reported. */
  const stuck = new Set<CreatedThing>();
  const removeOne = async (
    thing: CreatedThing,
    { mayKeep }: { readonly mayKeep: boolean } = { mayKeep: false },
  ): Promise<string | undefined> => {
    const keep = mayKeep ? thing.keep : undefined;
    const target = keep === undefined ? thing.target : `secrets of ${thing.target}`;
    const report = (outcome: 'started' | 'done' | 'failed', message?: string) =>
      void emitter.build(build, { type: 'cleanup', target, outcome, message });
    if (thing.isShared?.() === true) {
      things.delete(thing);
      await thing.remove();
      return undefined;
    }
    report('started');
    try {
      await withTimeout((keep ?? thing.remove)(), removeTimeoutMs);
      things.delete(thing);
      report('done');
      return undefined;
    } catch (error) {
      report('failed', isKanikitError(error) ? error.message : errorWords(error));
      stuck.add(thing);
      return target;
    }
  };
  const remove = async (chosen: readonly CreatedThing[]): Promise<readonly string[]> => {
    const left = await Promise.all(chosen.map((thing) => removeOne(thing)));
    return left.filter((target) => target !== undefined);
  };
  return {
    add: (thing) => void things.add(thing),
    targets: () => [...things].map((thing) => thing.target),
    removeAll: () => remove([...things].filter((thing) => !stuck.has(thing))),
    removeAllButKept: async () => {
      const left = await Promise.all(
        [...things].filter((thing) => !stuck.has(thing)).map((thing) => removeOne(thing, { mayKeep: true })),
      );
      return left.filter((target) => target !== undefined);
    },
    letGo: () => things.clear(),
    removeAttempt: () => remove([...things].filter((thing) => thing.isOfAttempt === true)),
  };
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
