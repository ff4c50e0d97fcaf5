import type { ApiObject } from '../objects.ts';

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer';
  readonly format?: 'name';
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority?: number;
  readonly cell: (object: ApiObject, now: number) => string | number;
}
