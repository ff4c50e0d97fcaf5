import { type KanikitError, isKanikitError } from '@kanikit/spec';
import type { ApiClient } from '../client/api-client.ts';
import { connectionError, hasStatus } from '../client/api-error.ts';
import { createOutage } from '../client/outage.ts';
import { createBackoff } from '../client/retry.ts';
import { wait } from '../client/wait.ts';
import { jobOf, type PodObject } from './pod-object.ts';
import { isNewer } from './resource-version.ts';
import { openWatch, type WatchTarget } from './watch-stream.ts';

/** Told about one pod. */
export interface PodListener {
  /** True once the API server has confirmed the pod: from then on its absence in a list means that it is gone. */
  readonly isConfirmed: () => boolean;
  changed(pod: PodObject): void;
  /** The pod is gone; its last state, where the watch saw it. */
  removed(pod: PodObject | undefined): void;
  /** Nothing is heard of the pod for a while, and it is asked for again and again. */
  away(error: KanikitError): void;
  /** What happened since `away` has been told. */
  back(): void;
  /** The watch has ended for good. */
  failed(error: KanikitError): void;
}

/** One labelled watch of a namespace, shared by any number of pods. */
export interface PodWatch {
  /** Registers a listener by pod name, or by the name of the Job that makes the pod; opens the watch with the first one. The result takes the listener off again. */
  follow(name: string, listener: PodListener): () => void;
  /** True while the watch is open or being opened. */
  isOpen(): boolean;
  /** Opens the watch anew, with a list: for when something else says that it may have stopped telling. */
  refresh(): void;
  /** Ends the watch; listeners that are left are told the error. */
  close(error: KanikitError): void;
}

export interface PodWatchOptions {
  readonly namespace: string;
  readonly labelSelector: string;
  /** How long the API server may stay out of reach before the listeners are told. */
  readonly unreachableMs: number;
  /** How long it may before they are told that it is asked again. */
  readonly tellAfterMs: number;
  /** Silence after which the watch is opened anew: servers send a bookmark about every minute. @default 150,000 ms */
  readonly idleMs?: number | undefined;
  /** True begins with a list, so that pods that are gone already are missed. @default false: the first pod is about to be created */
  readonly startsWithList?: boolean | undefined;
}

/** Two bookmarks and a half. A connection whose other end is gone, or a proxy that forgot about it, says nothing for ever. */
const defaultIdleMs = 150_000;
/** An API server that has just started may not know its roles yet: what was allowed before is asked for so much longer, but no longer than a server that is away. */
const deniedMs = 15_000;
/** The watch stays open this long without a listener: builds in a row then share it. */
const unusedMs = 2_000;
/** A watch that ends sooner than this counts as a failure, or a broken proxy would make a busy loop. */
const shortestWatchMs = 1_000;

/** Pause between two tries while the server answers other requests. */
const shortestPauseMs = 50;

/** Makes the watch; nothing is opened before the first listener. */
export function createPodWatch(client: ApiClient, options: PodWatchOptions): PodWatch {
  const listeners = new Map<string, Set<PodListener>>();
  const versions = new Map<string, string>();
  const path = `/api/v1/namespaces/${options.namespace}/pods`;
  const target: WatchTarget = {
    path,
    query: { labelSelector: options.labelSelector },
    what: `Watching pods in namespace ${options.namespace}`,
  };
  let running: AbortController | undefined;
  let unusedTimer: NodeJS.Timeout | undefined;
  /** Ends the connection of now; the next one follows at once. */
  let turn = new AbortController();
  let isRefreshWanted = false;

  const deliver = (pod: PodObject): void => {
    const { resourceVersion } = pod.metadata;
    const name = followedName(pod);
    // The first events of a watch come in no order, so a resumed watch may tell old states again.
    if (!isNewer(resourceVersion, versions.get(name))) return;
    if (resourceVersion !== undefined) versions.set(name, resourceVersion);
    for (const listener of listeners.get(name) ?? []) listener.changed(pod);
  };

  const remove = (name: string, pod: PodObject | undefined): void => {
    versions.delete(name);
    for (const listener of listeners.get(name) ?? []) listener.removed(pod);
  };

  const relist = async (signal: AbortSignal): Promise<string | undefined> => {
    const confirmed = [...listeners].flatMap(([name, all]) =>
      [...all].filter((listener) => listener.isConfirmed()).map((listener) => ({ name, listener })),
    );
    const list = await client.sendRepeatable<PodList>({ method: 'GET', ...target }, signal);
    const present = new Set(list.items.map(followedName));
    for (const pod of list.items) deliver(pod);
    for (const { name, listener } of confirmed) {
      if (present.has(name) || listeners.get(name)?.has(listener) !== true) continue;
      versions.delete(name);
      listener.removed(undefined);
    }
    return list.metadata?.resourceVersion;
  };

  const everyone = (): readonly PodListener[] => [...listeners.values()].flatMap((all) => [...all]);
  const outage = createOutage(options.tellAfterMs, {
    away(error) {
      for (const listener of everyone()) listener.away(asWatchError(error));
    },
    back() {
      for (const listener of everyone()) listener.back();
    },
  });
  const asWatchError = (error: unknown): KanikitError =>
    isKanikitError(error) ? error : connectionError(target.what, client.server, error);

  const run = async (signal: AbortSignal): Promise<void> => {
    const backoff = createBackoff();
    let cursor: string | undefined;
    let failingSince: number | undefined;
    let openedAt: number | undefined;
    let hasOpened = false;
    let wasExpired = false;
    const onOpen = (): void => {
      hasOpened = true;
      openedAt = performance.now();
      failingSince = undefined;
      outage.over();
    };
    // The first watch of pods to come has no version: the server then begins with every pod there is, so no list is needed. Where such a beginning was
    // cut can't be told, so the first resume lists; later ones go on from the last version seen.
    for (let isListNeeded = options.startsWithList ?? false; ;) {
      let failure: unknown;
      openedAt = undefined;
      turn = new AbortController();
      const silence = setTimeout(() => turn.abort(), options.idleMs ?? defaultIdleMs).unref();
      try {
        isListNeeded ||= isRefreshWanted;
        isRefreshWanted = false;
        if (isListNeeded) cursor = await relist(signal);
        isListNeeded = cursor === undefined;
        const connection = AbortSignal.any([signal, turn.signal]);
        for await (const event of openWatch<PodObject>(client, { ...target, onOpen }, cursor, connection)) {
          backoff.reset();
          wasExpired = false;
          silence.refresh();
          const { resourceVersion } = event.object.metadata;
          if (event.type === 'DELETED') remove(followedName(event.object), event.object);
          else if (event.type !== 'BOOKMARK') deliver(event.object);
          if (!isListNeeded) cursor = resourceVersion ?? cursor;
        }
        if (openedAt !== undefined && performance.now() - openedAt >= shortestWatchMs) continue;
      } catch (error) {
        if (signal.aborted) return;
        if (turn.signal.aborted) continue;
        const isExpired = hasStatus(error, 410);
        // Routine after a restart of the server, or a long silence: what was missed is listed, at once unless it happens again.
        const isRoutine = isExpired && !isListNeeded && !wasExpired;
        wasExpired = isExpired;
        if (isExpired) isListNeeded = true;
        if (isRoutine) continue;
        failure = error;
        failingSince ??= performance.now();
        outage.failed(error);
        if (!isExpired) {
          const longestMs = hasOpened && isDenied(error) ? deniedMs : Number.POSITIVE_INFINITY;
          const patienceMs = Math.min(options.unreachableMs, longestMs);
          const isHopeless = isDenied(error) ? !hasOpened : isKanikitError(error) && !error.retryable;
          if (isHopeless || performance.now() - failingSince > patienceMs) throw error;
        }
      } finally {
        clearTimeout(silence);
      }
      await waitOrAnswer(client, backoff.next(failure), signal);
    }
  };

  const start = (): void => {
    const controller = new AbortController();
    running = controller;
    run(controller.signal).catch((error: unknown) => {
      if (controller.signal.aborted) return;
      running = undefined;
      outage.stop();
      for (const listener of everyone()) listener.failed(asWatchError(error));
    });
  };

  const stop = (): void => {
    clearTimeout(unusedTimer);
    outage.stop();
    running?.abort(new Error('the watch was closed'));
    running = undefined;
    versions.clear();
  };

  return {
    follow(name, listener) {
      clearTimeout(unusedTimer);
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all.add(listener));
      if (running === undefined) start();
      return () => {
        if (!all.delete(listener) || all.size > 0) return;
        listeners.delete(name);
        versions.delete(name);
        if (listeners.size === 0) unusedTimer = setTimeout(stop, unusedMs).unref();
      };
    },
    isOpen: () => running !== undefined,
    refresh() {
      isRefreshWanted = true;
      turn.abort();
    },
    close(error) {
      const left = everyone();
      listeners.clear();
      stop();
      for (const listener of left) listener.failed(error);
    },
  };
}

/** The name by which a pod is followed: that of a pod that a Job makes is not known beforehand. */
export function followedName(pod: PodObject): string {
  return jobOf(pod)?.name ?? pod.metadata.name;
}

/** A server that answers something else can be watched again: the pause ends then, but is never shorter than a moment. */
async function waitOrAnswer(client: ApiClient, delayMs: number, signal: AbortSignal): Promise<void> {
  const momentMs = Math.min(delayMs, shortestPauseMs);
  const answered = new AbortController();
  const forget = client.onAnswer(() => answered.abort());
  try {
    await wait(momentMs, signal);
    if (answered.signal.aborted) return;
    await wait(delayMs - momentMs, AbortSignal.any([signal, answered.signal]));
  } catch (error) {
    if (signal.aborted || !answered.signal.aborted) throw error;
  } finally {
    forget();
  }
}

interface PodList {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly items: readonly PodObject[];
}

function isDenied(error: unknown): boolean {
  return hasStatus(error, 401) || hasStatus(error, 403);
}
