import { isSameRepository, repositoryOf, tagOf } from './admission.ts';
import type { Decoding } from './decoding.ts';
import type { Message } from './message.ts';
import { endRun } from './run-end.ts';
import { closeStage, endPhase, startPhase } from './story.ts';

const cacheKey = /^[0-9a-f]{64}$/;

type PushMessage = Extract<
  Message,
  { kind: 'cache-push' | 'push' | 'pushed' | 'pushed-all' | 'skip-push' | 'cache-push-failed' }
>;

/** Carries the story on by a line about a push: of an image, or of a layer to the cache. */
export function onPush(d: Decoding, message: PushMessage): void {
  switch (message.kind) {
    case 'cache-push':
      d.cacheRepository ??= message.repository;
      d.cachePushes.set(message.key, message.repository);
      d.events.push({
        type: 'layer-start',
        layer: message.key,
        direction: 'cache-push',
        reference: message.repository,
        sizeBytes: undefined,
      });
      return;
    case 'cache-push-failed':
      endCachePush(d, failedPush(d, message.key), 'failed');
      return;
    case 'push':
      if (d.cachePushes.has(tagOf(message.reference)) || isCacheReference(d, message.reference)) return;
      endRun(d);
      closeStage(d);
      d.success = undefined;
      d.pushes.push({ reference: message.reference, digest: undefined, isKept: false });
      startPhase(d, 'push', message.reference);
      d.events.push({ type: 'push-start', reference: message.reference });
      return;
    case 'pushed':
      onPushed(d, message.repository, message.digest, message.isIgnored);
      return;
    case 'pushed-all':
      endPhase(d);
      d.success = 'pushed';
      return;
    case 'skip-push':
      // A cache in a folder (`oci:`) says this for every layer, too.
      if (d.cachePushes.size > 0) {
        endCachePush(d, [...d.cachePushes.keys()][0] ?? '', 'done');
        return;
      }
      if (d.running) return;
      closeStage(d);
      d.success = 'skipped';
      return;
    default:
      message satisfies never;
  }
}

function onPushed(d: Decoding, repository: string, digest: string, isIgnored: boolean): void {
  const open = d.pushes.filter((candidate) => candidate.digest === undefined);
  const push = open.find(({ reference }) => isSameRepository(repositoryOf(reference), repository));
  if (!push) {
    const key = [...d.cachePushes].find(([, given]) => isSameRepository(given, repository))?.[0];
    if (key !== undefined) endCachePush(d, key, 'done');
    return;
  }
  push.digest = digest;
  push.isKept = isIgnored;
  d.events.push({ type: 'push-end', reference: push.reference, digest, isImmutableIgnored: isIgnored });
  endPhase(d);
  d.success = 'pushed';
}

/** The upload that a message of failure is about: the one it names, else the oldest. */
function failedPush(d: Decoding, key: string | undefined): string {
  return key !== undefined && d.cachePushes.has(key) ? key : ([...d.cachePushes.keys()][0] ?? '');
}

function endCachePush(d: Decoding, key: string, outcome: 'done' | 'failed'): void {
  d.cachePushes.delete(key);
  d.events.push({ type: 'layer-end', layer: key, outcome, sizeBytes: undefined });
}

/** Cache layers of a log that was cut before their first line: their tag is a key. */
function isCacheReference(d: Decoding, reference: string): boolean {
  if (!cacheKey.test(tagOf(reference))) return false;
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  return d.cacheRepository === undefined || isSameRepository(d.cacheRepository, repository);
}
