import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { packWorkerSource, type UnitAnswer, type UnitJob } from './pack-worker.ts';

/** Threads that read and deflate units. They keep no process from its end, but for the time of a job. */
export interface PackWorkers {
  /** False where no thread is free: none is up yet, or this machine gives none. */
  readonly hasRoom: boolean;
  /** To be asked for where there is room. Undefined where the thread has ended. */
  pack(job: UnitJob): Promise<UnitAnswer | undefined>;
  /** Ends the threads; jobs under way are answered with undefined. */
  close(): void;
}

/** More take memory, and the walk does not keep up with more. */
const mostWorkers = 4;
/** One under way, and one to go on with. */
const jobsPerWorker = 2;

interface Thread {
  readonly worker: Worker;
  readonly jobs: ((answer: UnitAnswer | undefined) => void)[];
  isReady: boolean;
}

export function startPackWorkers(): PackWorkers {
  const count = Math.min(mostWorkers, availableParallelism());
  // A single processor has nothing to gain.
  const threads =
    count === 1 ? [] : Array.from({ length: count }, startThread).filter((one) => one !== undefined);
  const findFree = (): Thread | undefined =>
    threads
      .filter(({ isReady, jobs }) => isReady && jobs.length < jobsPerWorker)
      .toSorted((left, right) => left.jobs.length - right.jobs.length)[0];
  return {
    get hasRoom() {
      return findFree() !== undefined;
    },
    async pack(job) {
      const thread = findFree();
      if (thread === undefined) return undefined;
      const { promise, resolve } = Promise.withResolvers<UnitAnswer | undefined>();
      thread.jobs.push(resolve);
      thread.worker.ref();
      thread.worker.postMessage(job, [job.buffer, job.numbers.buffer]);
      return await promise;
    },
    close() {
      for (const thread of threads) end(thread);
    },
  };
}

function startThread(): Thread | undefined {
  let worker: Worker;
  try {
    worker = new Worker(packWorkerSource(), { eval: true, name: 'kanikit packing', execArgv: [], env: {} });
  } catch {
    // Not allowed here (`--permission`), or no memory for it: the units are packed without.
    return undefined;
  }
  const thread: Thread = { worker, jobs: [], isReady: false };
  worker.unref();
  worker.on('message', (message: 'ready' | UnitAnswer) => {
    if (message === 'ready') thread.isReady = true;
    else thread.jobs.shift()?.(message);
    if (thread.jobs.length === 0) worker.unref();
  });
  // What it did not do is done without it.
  worker.on('error', () => end(thread));
  worker.on('exit', () => end(thread));
  return thread;
}

function end(thread: Thread): void {
  thread.isReady = false;
  void thread.worker.terminate();
  for (const answer of thread.jobs.splice(0)) answer(undefined);
}
