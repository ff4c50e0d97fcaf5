import type { StatusCause } from '../status-error.ts';
import { invalidValue } from './causes.ts';

/** What is wrong with a path that must not climb. */
export function backstepCauses(path: string, field: string): StatusCause[] {
  return path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : [];
}

/** What is wrong with a path below a volume, such as a `subPath`. */
export function descendingPathCauses(path: string, field: string): StatusCause[] {
  return [
    ...(path.startsWith('/') ? [invalidValue(field, path, 'must be a relative path')] : []),
    ...backstepCauses(path, field),
  ];
}

/** What is wrong with the path of a file in a volume: names that begin with `..` are the kubelet's own. */
export function filePathCauses(path: string, field: string): StatusCause[] {
  const causes = descendingPathCauses(path, field);
  const isReserved = path.startsWith('..') && !path.split('/').includes('..');
  return isReserved ? [...causes, invalidValue(field, path, "must not start with '..'")] : causes;
}
