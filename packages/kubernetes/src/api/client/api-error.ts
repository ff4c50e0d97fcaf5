import { KanikitError, type KanikitErrorOptions } from '@kanikit/spec';
import { explainTls } from '@kanikit/toolkit/tls-errors';
import { shortWords } from './short-words.ts';

/** What a Kubernetes `Status` object says. */
export interface ApiStatus {
  readonly code: number;
  readonly reason: string | undefined;
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

/** An answer of the API server that is not a success; `status` is undefined where no answer came at all. */
export class ApiError extends KanikitError {
  readonly status: ApiStatus | undefined;

  constructor(options: KanikitErrorOptions, status: ApiStatus | undefined) {
    super(options);
    this.status = status;
  }
}

/** True for an ApiError that carries this HTTP code. */
export function hasStatus(error: unknown, code: number): error is ApiError & { readonly status: ApiStatus } {
  return error instanceof ApiError && error.status?.code === code;
}

/** Reads the body of a failed answer; anything that is no `Status` becomes its message. */
export function parseStatus(code: number, body: string, retryAfter: string | undefined): ApiStatus {
  const fields = parseObject(body);
  const details = isObject(fields?.['details']) ? fields['details'] : {};
  const seconds = Number(retryAfter ?? details['retryAfterSeconds']);
  return {
    code,
    reason: typeof fields?.['reason'] === 'string' ? fields['reason'] : undefined,
    message:
      typeof fields?.['message'] === 'string'
        ? shortWords(fields['message'])
        : shorten(body) || `HTTP ${code}`,
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  };
}

/** Makes the typed error of a failed answer; `what` says what was being done (`Creating pod a/b`). */
export function statusError(what: string, server: string, status: ApiStatus): ApiError {
  const message = `${what} on ${server}: ${status.message}`;
  if (status.code === 401) {
    return new ApiError(
      {
        code: 'cluster-denied',
        message,
        hint: 'The cluster does not accept these credentials: log in again.',
      },
      status,
    );
  }
  if (status.code === 403) {
    return new ApiError(
      {
        code: 'cluster-denied',
        message,
        hint:
          missingRule(status.message) ?? 'Ask for the missing right, or use another context or namespace.',
      },
      status,
    );
  }
  const retryable = status.code === 429 || status.code >= 500;
  return new ApiError({ code: 'cluster-request-failed', message, retryable }, status);
}

/** The rule that RBAC misses, ready for a Role. */
function missingRule(message: string): string | undefined {
  const [, verb, resource, group, namespace] =
    / cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/.exec(message) ??
    [];
  if (verb === undefined || resource === undefined) return undefined;
  const rule = `{apiGroups: ["${group ?? ''}"], resources: ["${resource}"], verbs: ["${verb}"]}`;
  const role = namespace === undefined ? '`minimalRole()`' : `\`minimalRole({ namespace: '${namespace}' })\``;
  return `Ask for a Role with the rule ${rule}. All that builds need: ${role}.`;
}

/** Makes the typed error of a request that got no answer. */
export function connectionError(what: string, server: string, cause: unknown): ApiError {
  const tls = explainTls(cause, tlsAdvice);
  const reason = tls?.reason ?? describeCause(cause);
  return new ApiError(
    {
      code: 'cluster-unreachable',
      message: `${what} on ${server}: ${reason}.`,
      hint: tls?.hint ?? 'Check that the cluster runs and that this machine can reach it.',
      retryable: tls?.isTemporary ?? true,
      cause,
    },
    undefined,
  );
}

/** An answer that is none of Kubernetes: a proxy or something else stands in its place. */
export function strangeAnswer(what: string, server: string, problem: string): ApiError {
  return new ApiError(
    {
      code: 'cluster-request-failed',
      message: `${what} on ${server}: ${problem}.`,
      hint: 'Check the address of the server in the kubeconfig: something else may answer there.',
    },
    undefined,
  );
}

const tlsAdvice = {
  trust: 'Check certificate-authority of the cluster in the kubeconfig: it names what is trusted.',
  name: 'Where the address differs from the name to expect, tls-server-name of the cluster in the kubeconfig gives the name.',
};

function describeCause(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return describeCause(cause.errors[0]);
  if (cause instanceof Error) return cause.message || codeOf(cause) || cause.name;
  return String(cause);
}

function codeOf(cause: unknown): string {
  return isObject(cause) && typeof cause['code'] === 'string' ? cause['code'] : '';
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // Proxies and load balancers answer with HTML or plain text.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
