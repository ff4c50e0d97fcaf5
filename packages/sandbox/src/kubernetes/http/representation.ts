import { notAcceptable } from '../status-error.ts';
import { isJson, parseMediaTypes } from './media-type.ts';

/** The form of an answer that a client prefers among those the sandbox has. */
export type Representation = 'object' | 'table' | 'metadata';

const served = ['application/json'];

/**
 * Picks the form of an answer from `Accept`.
 *
 * @throws StatusError 406 when the client takes neither JSON nor anything
 */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept.trim() === '') return 'object';
  for (const type of parseMediaTypes(accept)) {
    if (!isJson(type)) continue;
    const { as = '', g = 'meta.k8s.io', v = 'v1' } = type.parameters;
    if (as === '') return 'object';
    if (g !== 'meta.k8s.io' || v !== 'v1') continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  throw notAcceptable(served);
}
