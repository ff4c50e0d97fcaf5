import { KanikitError } from '@kanikit/spec';
import type { ApiError, ApiStatus } from '../../api/client/api-error.ts';
import { admissionRules } from '../../explain/admission-rules.ts';
import { findRule } from '../../explain/rule.ts';

const bareRefusal = 'The cluster does not take this pod as it is; its words are above.';

/** Gives the refusal of a create the code, the meaning and the hint that fit; an answer that says nothing of the object stays what it is. */
export function refusalError(error: ApiError, what: string): KanikitError {
  const { status } = error;
  if (status === undefined || status.code === 401 || isAccessRefusal(status)) return error;
  const known = findRule(admissionRules, { reason: status.reason ?? '', message: status.message });
  if (known === undefined && (status.code === 404 || error.retryable)) return error;
  return new KanikitError({
    code: known?.rule.code ?? 'pod-refused',
    message: refusalMessage(error, what, status, known?.explained.message),
    hint: known?.explained.hint ?? bareRefusal,
    retryable: known?.explained.isRetryable ?? false,
    cause: error,
  });
}

function refusalMessage(error: ApiError, what: string, status: ApiStatus, told: string | undefined): string {
  const full = error.message.startsWith(what) ? error.message : `${what}: ${error.message}`;
  return told === undefined ? full : full.replace(status.message, () => told);
}

/** RBAC says `User "x" cannot create resource "pods"`; every other 403 comes from admission. */
function isAccessRefusal(status: ApiStatus): boolean {
  return status.code === 403 && / cannot \w+ resource /.test(status.message);
}
