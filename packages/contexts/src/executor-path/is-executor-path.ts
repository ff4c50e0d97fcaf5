import { schemeOf } from '../web/scheme-of.ts';

/** Every scheme that no source before took. */
export function isExecutorPath(reference: string): boolean {
  return schemeOf(reference) !== undefined;
}
