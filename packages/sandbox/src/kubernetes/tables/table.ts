import type { ApiObject } from '../objects.ts';
import { columnsOf } from './columns.ts';

export interface TableOptions {
  readonly kind: string;
  readonly objects: readonly ApiObject[];
  /** `metadata` of the list. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The `includeObject` parameter. @default Metadata */
  readonly include: string | null;
  readonly now: number;
  /** Watches send the columns only once. */
  readonly hasColumns: boolean;
}

/** The `Table` that `kubectl get` asks for. */
export function tableOf(options: TableOptions): Readonly<Record<string, unknown>> {
  const columns = columnsOf(options.kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: options.hasColumns
      ? columns.map(({ name, type = 'string', format = '', priority = 0 }) => ({
          name,
          type,
          format,
          description: name,
          priority,
        }))
      : null,
    rows: options.objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      object: included(object, options.include),
    })),
  };
}

/** The metadata of an object alone. */
export function partialMetadata(object: ApiObject): Readonly<Record<string, unknown>> {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function included(object: ApiObject, include: string | null): unknown {
  if (include === 'None') return undefined;
  return include === 'Object' ? object : partialMetadata(object);
}
