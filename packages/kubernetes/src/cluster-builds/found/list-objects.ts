import type { BuildQuery, Remnant } from '@kanikit/spec';
import type { ApiClient } from '../../api/client/api-client.ts';
import { strangeAnswer } from '../../api/client/api-error.ts';
import { labelKeys, managerName } from '../../pods/layout/labels.ts';

/** Objects per answer: the server need not hold all of a large namespace in memory. */
const pageSize = 500;
/** A server that pages on for longer never ends: no cluster runs so many builds. */
const mostPages = 400;

/** Names and labels alone: the values of secrets stay where they are. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** A kind of object that kanikit creates. */
export interface Collection {
  /** `/api/v1`, `/apis/batch/v1`. */
  readonly api: string;
  readonly plural: 'pods' | 'secrets' | 'jobs' | 'leases';
}

export const collections: Readonly<Record<Remnant['kind'], Collection>> = {
  pod: { api: '/api/v1', plural: 'pods' },
  secret: { api: '/api/v1', plural: 'secrets' },
  job: { api: '/apis/batch/v1', plural: 'jobs' },
  lease: { api: '/apis/coordination.k8s.io/v1', plural: 'leases' },
};

export interface ListOptions extends BuildQuery {
  /** The cluster's namespace. */
  readonly ownNamespace: string;
  readonly isMetadataOnly?: boolean | undefined;
}

/** Every object of a kind that has kanikit's label, page by page. */
export async function listOwn<T>(
  client: ApiClient,
  { api, plural }: Collection,
  { namespace, isEverywhere, ownNamespace, isMetadataOnly }: ListOptions,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const inside = namespace ?? ownNamespace;
  const where = isEverywhere === true ? 'all namespaces' : `namespace ${inside}`;
  const path = isEverywhere === true ? `${api}/${plural}` : `${api}/namespaces/${inside}/${plural}`;
  const items: T[] = [];
  const what = `Listing ${plural} in ${where}`;
  const seen = new Set<string>();
  let next = '';
  do {
    const page = await client.sendRepeatable<List<T>>(
      {
        method: 'GET',
        path,
        query: {
          labelSelector: `${labelKeys.managedBy}=${managerName}`,
          limit: String(pageSize),
          ...(next === '' ? {} : { continue: next }),
        },
        ...(isMetadataOnly === true ? { accept: metadataOnly } : {}),
        what,
      },
      signal,
    );
    items.push(...(page.items ?? []));
    next = page.metadata?.continue ?? '';
    if (seen.has(next) || seen.size >= mostPages)
      throw strangeAnswer(what, client.server, 'the list has no end');
    seen.add(next);
  } while (next !== '');
  return items;
}

interface List<T> {
  readonly metadata?: { readonly continue?: string };
  /** Go writes a list without items as null where it was made of metadata alone. */
  readonly items: readonly T[] | null;
}
