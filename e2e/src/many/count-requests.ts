import type { SeenRequest } from '../parts/relay-request.ts';

/** How many requests of which kind: `create pods`, `watch pods`, `get pods/log`, `get namespaces`, … */
export function countRequests(requests: readonly SeenRequest[]): ReadonlyMap<string, number> {
  const kinds = requests.map(kindOf).toSorted();
  return new Map([...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => [kind, all.length]));
}

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PATCH: 'patch',
  DELETE: 'delete',
  PUT: 'update',
};

function kindOf({ method, path }: SeenRequest): string {
  const url = new URL(path, 'http://api');
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const start = parts.indexOf('namespaces');
  const inside = start === -1 ? parts.slice(-1) : parts.slice(start + 2);
  const [resource, name, subresource] = inside.length === 0 ? parts.slice(start) : inside;
  const isWatch = url.searchParams.has('watch');
  const verb = verbs[method] ?? (isWatch ? 'watch' : name === undefined ? 'list' : 'get');
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}
