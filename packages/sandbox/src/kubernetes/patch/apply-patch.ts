import { StatusError, unsupportedMediaType } from '../status-error.ts';
import { applyJsonPatch, JsonPatchError } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

/** The patch formats the sandbox takes; server-side apply is not among them. */
export const patchMediaTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

/**
 * Applies a patch of the given media type.
 *
 * @throws StatusError 415 for another format, 422 for a JSON patch that does not apply
 */
export function applyPatch(mediaType: string, target: unknown, patch: unknown): unknown {
  switch (mediaType) {
    case 'application/merge-patch+json':
      return applyMergePatch(target, patch);
    case 'application/strategic-merge-patch+json':
      return applyStrategicMerge(target, patch);
    case 'application/json-patch+json':
      return jsonPatch(target, patch);
    default:
      throw unsupportedMediaType(patchMediaTypes);
  }
}

function jsonPatch(target: unknown, patch: unknown): unknown {
  try {
    return applyJsonPatch(target, patch);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    const words = `the server rejected our request due to an error in our request: ${error.message}`;
    throw new StatusError(422, 'Invalid', words, {});
  }
}
