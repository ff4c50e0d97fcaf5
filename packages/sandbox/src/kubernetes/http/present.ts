import type { ApiObject } from '../objects.ts';
import { apiVersionOf, type ResourceType } from '../resources.ts';
import { partialMetadata, tableOf } from '../tables/table.ts';
import type { Representation } from './representation.ts';

interface PresentOptions {
  readonly type: ResourceType;
  readonly as: Representation;
  readonly query: URLSearchParams;
  readonly now: number;
}

/** One object in the form the client asked for. */
export function presentObject(object: ApiObject, options: PresentOptions): unknown {
  if (options.as === 'metadata') return partialMetadata(object);
  if (options.as === 'object') return object;
  const { resourceVersion } = object.metadata;
  return table([object], { resourceVersion }, options);
}

/** A list in the form the client asked for. */
export function presentList(
  objects: readonly ApiObject[],
  metadata: Readonly<Record<string, unknown>>,
  options: PresentOptions,
): unknown {
  if (options.as === 'table') return table(objects, metadata, options);
  if (options.as === 'metadata') {
    // A quirk of the API server that clients meet: without items it is null, where other lists are empty.
    const items = objects.length === 0 ? null : objects.map(partialMetadata);
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items };
  }
  const { type } = options;
  // As the API server does: items of a list carry no kind and version of their own.
  const items = objects.map(({ apiVersion: _apiVersion, kind: _kind, ...rest }) => rest);
  return { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items };
}

function table(
  objects: readonly ApiObject[],
  metadata: Readonly<Record<string, unknown>>,
  { type, query, now }: PresentOptions,
): unknown {
  const include = query.get('includeObject');
  return tableOf({ kind: type.kind, objects, metadata, include, now, hasColumns: true });
}
