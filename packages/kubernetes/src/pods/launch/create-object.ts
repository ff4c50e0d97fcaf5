import { type CallWait, isKanikitError, KanikitError, type Manifest } from '@kanikit/spec';
import type { ApiClient, ApiRequest } from '../../api/client/api-client.ts';
import { ApiError, connectionError, hasStatus } from '../../api/client/api-error.ts';
import { createOutage } from '../../api/client/outage.ts';
import { isTransient, withRetries } from '../../api/client/retry.ts';
import { labelKeys } from '../layout/labels.ts';
import { withQuota } from '../../quota/quota-refusal.ts';
import { refusalError } from './refusal.ts';

/** An object as the server returns it. */
export interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** Least tries of one create. */
const attempts = 5;

/** A create that was asked for is worth its answer, even when nobody wants the object any more. */
export interface CreateSignals {
  /** No further try after this one. */
  readonly abort: AbortSignal;
  /** Ends the try under way. */
  readonly giveUp: AbortSignal;
  /** How long an API server that is away is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** How long there may be no success before what is waited for is told, in milliseconds. */
  readonly tellAfterMs: number;
  readonly onWait: ((wait: CallWait | undefined) => void) | undefined;
}

/**
 * Creates an object with a fixed name. An answer that is lost is asked for again: the name is then taken, by labels our own.
 *
 * @throws KanikitError `cluster-unreachable`, `cluster-denied`, `pod-refused`, `quota-exceeded`, `namespace-missing`
 */
export async function createObject<T extends StoredObject>(
  client: ApiClient,
  collection: string,
  manifest: Manifest,
  signals: CreateSignals,
): Promise<T> {
  const { name, namespace, labels } = manifest['metadata'] as CreatedMetadata;
  const what = `Creating ${manifest.kind.toLowerCase()} ${namespace}/${name}`;
  const request: ApiRequest = {
    method: 'POST',
    path: collection,
    // Without it the server drops fields it does not know, and says so in a header that nobody reads.
    query: { fieldManager: 'kanikit', fieldValidation: 'Strict' },
    body: manifest,
    what,
  };
  const { abort, giveUp, patienceMs, tellAfterMs, onWait } = signals;
  const outage = createOutage(tellAfterMs, {
    away: (error) => onWait?.(waitFor(refusalOf(error, what, namespace))),
    back: () => onWait?.(undefined),
  });
  // Until there is an answer, that there is none is what is known.
  outage.failed(connectionError(what, client.server, new Error('no answer yet')));
  const bounds = { attempts, patienceMs, mayHeal, onFailure: outage.failed, signal: abort };
  try {
    return await withRetries(() => client.send<T>(request, giveUp), bounds);
  } catch (error) {
    if (abort.aborted) throw error;
    if (hasStatus(error, 409) && error.status.reason === 'AlreadyExists') {
      return await adopt<T>(client, `${collection}/${name}`, labels, what, signals);
    }
    throw refusalOf(error, what, namespace);
  } finally {
    outage.over();
  }
}

function waitFor(error: unknown): CallWait {
  const { code, message, hint } = isKanikitError(error)
    ? error
    : { code: 'cluster-unreachable', message: String(error), hint: undefined };
  return { reason: code, message, hint };
}

/** Besides what passes everywhere, some refusals of a create do. */
function mayHeal(error: unknown): boolean {
  return isTransient(error) || isQuotaRace(error) || isAccountToCome(error);
}

/** Two creates at once wanted the last of a quota, and the server could not tell who was first. */
function isQuotaRace(error: unknown): boolean {
  return (
    hasStatus(error, 409) &&
    error.status.reason === 'Conflict' &&
    /\bcannot be fulfilled on resourcequotas\b/.test(error.status.message)
  );
}

/** The cluster makes the account `default` of a new namespace a moment after it. */
function isAccountToCome(error: unknown): boolean {
  return (
    hasStatus(error, 403) &&
    /error looking up service account \S+\/default: serviceaccount "default" not found/.test(
      error.status.message,
    )
  );
}

function refusalOf(error: unknown, what: string, namespace: string): unknown {
  if (!(error instanceof ApiError)) return error;
  return withQuota(refusalError(error, what), error.status?.message ?? '', namespace);
}

interface CreatedMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

async function adopt<T extends StoredObject>(
  client: ApiClient,
  path: string,
  labels: Readonly<Record<string, string>>,
  what: string,
  { abort, patienceMs }: CreateSignals,
): Promise<T> {
  const found = await client.sendRepeatable<T>({ method: 'GET', path, what }, abort, patienceMs);
  if (isOwn(found, labels)) return found;
  throw new KanikitError({
    code: 'pod-refused',
    message: `${what} on ${client.server}: the name is taken by an object of someone else.`,
    hint: 'Choose another name, or delete the object that has it.',
  });
}

/** Whether the object was created by this very launch. */
export function isOwn(found: StoredObject, labels: Readonly<Record<string, string>>): boolean {
  return [labelKeys.client, labelKeys.run, labelKeys.build].every(
    (key) => found.metadata.labels?.[key] === labels[key],
  );
}
