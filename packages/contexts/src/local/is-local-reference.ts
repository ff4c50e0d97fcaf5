import { schemeOf } from '../web/scheme-of.ts';

export function isLocalReference(reference: string): boolean {
  return reference !== '-' && reference !== '' && schemeOf(reference) === undefined;
}
