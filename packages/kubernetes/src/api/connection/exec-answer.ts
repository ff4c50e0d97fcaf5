import type { ClientCredential } from './cluster-connection.ts';

/** What a credential plugin gave, and until when. */
export interface Granted {
  readonly credential: ClientCredential;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** An answer that can't be used. Its message never quotes the answer, which may hold a token. */
export class ExecAnswerError extends Error {}

/**
 * Reads what a plugin printed, as client-go does.
 *
 * @throws ExecAnswerError
 */
export function readExecAnswer(output: string, apiVersion: string): Granted {
  const answer = fieldsOf(parse(output));
  if (answer?.['apiVersion'] !== apiVersion || answer['kind'] !== 'ExecCredential')
    throw new ExecAnswerError(`its answer is no ExecCredential of ${apiVersion}`);
  const status = fieldsOf(answer['status']);
  if (status === undefined) throw new ExecAnswerError('its answer has no status');
  const token = textOf(status, 'token');
  const certificate = textOf(status, 'clientCertificateData');
  const key = textOf(status, 'clientKeyData');
  if ((certificate === undefined) !== (key === undefined))
    throw new ExecAnswerError('its answer has only a client certificate or a key, and not both');
  if (token === undefined && certificate === undefined)
    throw new ExecAnswerError('its answer has neither a token nor a client certificate');
  return {
    credential: {
      ...(token === undefined ? {} : { token }),
      ...(certificate === undefined ? {} : { certificate, key }),
    },
    expiresAt: endOf(status),
  };
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output) as unknown;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

function textOf(status: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = status[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new ExecAnswerError(`its answer has a status.${name} that is not text`);
}

function endOf(status: Readonly<Record<string, unknown>>): number {
  const value = status['expirationTimestamp'];
  if (value === undefined || value === null) return Number.POSITIVE_INFINITY;
  const isTime =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value);
  const end = isTime ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(end)) throw new ExecAnswerError('its answer has an expirationTimestamp that is no time');
  return end;
}
