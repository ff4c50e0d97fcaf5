import { parseQuantity, untilAborted } from '@kanikit/spec';
import type { ApiClient } from '../api/client/api-client.ts';
import { hasStatus } from '../api/client/api-error.ts';
import { openWatch } from '../api/watch/watch-stream.ts';
import type { QuotaRefusal } from './quota-refusal.ts';

/** Tells when the quotas of a namespace have room. */
export interface QuotaRoom {
  /** True as soon as the refused amounts fit, by the quota's own status; false, soon, where that can't be told. */
  whenRoom(refusal: QuotaRefusal, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/** The part of a `ResourceQuota` that is read. */
interface QuotaObject {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

/** The watch stays open this long without anybody who waits: refusals come in a row. */
const idleMs = 2_000;
/** A watch that ends sooner counts as one that does not work. */
const shortestWatchMs = 1_000;
/** A new watch begins with all quotas there are, one by one; who has not come after this time is not there. */
const firstEventsMs = 1_000;
/** Nothing heard for so long is worth a try: status and truth may differ. */
const longestSilenceMs = 300_000;

/** One watch for all that wait, open only while somebody does. Where the rights for it are missing, it is not asked for again. */
export function createQuotaRoom(client: ApiClient, namespace: string): QuotaRoom {
  const quotas = new Map<string, QuotaObject>();
  const waiters = new Set<{ readonly refusal: QuotaRefusal; readonly resolve: (isRoom: boolean) => void }>();
  let isDenied = false;
  let isComplete = false;
  let completeTimer: NodeJS.Timeout | undefined;
  let running: AbortController | undefined;
  let idleTimer: NodeJS.Timeout | undefined;

  const look = (): void => {
    for (const waiter of waiters) {
      const quota = quotas.get(waiter.refusal.quota);
      // A quota that is gone refuses nothing.
      if (quota === undefined ? isComplete : hasRoom(quota, waiter.refusal)) waiter.resolve(true);
    }
  };
  const giveUp = (): void => {
    for (const waiter of waiters) waiter.resolve(false);
  };

  const watch = async (signal: AbortSignal): Promise<void> => {
    const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
    const what = `Watching quotas in namespace ${namespace}`;
    for (;;) {
      const openedAt = performance.now();
      quotas.clear();
      isComplete = false;
      const onOpen = (): void => {
        completeTimer = setTimeout(() => {
          isComplete = true;
          look();
        }, firstEventsMs).unref();
      };
      try {
        const events = openWatch<QuotaObject>(client, { path, query: {}, what, onOpen }, undefined, signal);
        for await (const { type, object } of events) {
          if (type === 'BOOKMARK') continue;
          if (type === 'DELETED') quotas.delete(object.metadata.name);
          else quotas.set(object.metadata.name, object);
          look();
        }
      } finally {
        clearTimeout(completeTimer);
      }
      if (performance.now() - openedAt < shortestWatchMs) return;
    }
  };

  const start = (): void => {
    const controller = new AbortController();
    running = controller;
    const end = (error?: unknown): void => {
      if (running !== controller) return;
      running = undefined;
      isDenied ||= hasStatus(error, 403) || hasStatus(error, 404) || hasStatus(error, 405);
      giveUp();
    };
    watch(controller.signal).then(() => end(), end);
  };

  const stop = (): void => {
    clearTimeout(idleTimer);
    running?.abort(new Error('nobody waits for quota any longer'));
    running = undefined;
  };

  return {
    async whenRoom(refusal, signal) {
      signal.throwIfAborted();
      if (isDenied) return false;
      clearTimeout(idleTimer);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter = { refusal, resolve };
      waiters.add(waiter);
      const silence = setTimeout(() => resolve(true), longestSilenceMs);
      if (running === undefined) start();
      else look();
      try {
        return await untilAborted(promise, signal);
      } finally {
        clearTimeout(silence);
        waiters.delete(waiter);
        if (waiters.size === 0) idleTimer = setTimeout(stop, idleMs).unref();
      }
    },
    close() {
      stop();
      giveUp();
    },
  };
}

function hasRoom({ status }: QuotaObject, { requested }: QuotaRefusal): boolean {
  const { hard = {}, used = {} } = status ?? {};
  return [...requested].every(([name, amount]) => {
    const limit = parseQuantity(hard[name]);
    return limit === undefined || (parseQuantity(used[name]) ?? 0) + (parseQuantity(amount) ?? 0) <= limit;
  });
}
