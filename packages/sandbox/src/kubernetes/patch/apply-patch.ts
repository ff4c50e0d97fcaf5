import { isKanikitError } from '@kanikit/spec';
import { applyJsonPatch, applyMergePatch, applyStrategicMerge } from '@kanikit/spec/patch';
import { StatusError, unsupportedMediaType } from '../status-error.ts';

/** The patch formats the sandbox takes; server-side apply is not among them. */
export const patchMediaTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

/**
 * Applies a patch of the given media type.
 *
 * @throws StatusError 415 for another format, 422 for a JSON patch that does not apply, 400 for a strategic merge patch that is none
 */
export function applyPatch(mediaType: string, target: unknown, patch: unknown): unknown {
  switch (mediaType) {
    case 'application/merge-patch+json':
      return applyMergePatch(target, patch);
    case 'application/strategic-merge-patch+json':
      return refusing(400, 'BadRequest', () => applyStrategicMerge(target, patch));
    case 'application/json-patch+json':
      return refusing(422, 'Invalid', () => applyJsonPatch(target, patch));
    default:
      throw unsupportedMediaType(patchMediaTypes);
  }
}

function refusing(code: number, reason: string, apply: () => unknown): unknown {
  try {
    return apply();
  } catch (error) {
    if (!isKanikitError(error)) throw error;
    const words = `the server rejected our request due to an error in our request: ${error.message}`;
    throw new StatusError(code, reason, code === 422 ? words : error.message, {});
  }
}
