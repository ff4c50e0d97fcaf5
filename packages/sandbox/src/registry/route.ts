/** What a request path of the distribution API addresses. */
export type Route =
  | { readonly kind: 'base' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: string };

// A repository may itself hold components like `blobs` or `manifests`, so every pattern takes the longest name.
const patterns: readonly [RegExp, (repository: string, last: string) => Route][] = [
  [/^\/v2\/(.+)\/tags\/(list)$/, (repository) => ({ kind: 'tags', repository })],
  [/^\/v2\/(.+)\/blobs\/uploads(\/?)$/, (repository) => ({ kind: 'uploads', repository })],
  [/^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/, (repository, id) => ({ kind: 'upload', repository, id })],
  [/^\/v2\/(.+)\/blobs\/([^/]+)$/, (repository, digest) => ({ kind: 'blob', repository, digest })],
  [
    /^\/v2\/(.+)\/manifests\/([^/]+)$/,
    (repository, reference) => ({ kind: 'manifest', repository, reference }),
  ],
  [/^\/v2\/(.+)\/referrers\/([^/]+)$/, (repository, digest) => ({ kind: 'referrers', repository, digest })],
];

/** Finds the route of a decoded path; undefined when the distribution API has none there. */
export function parseRoute(path: string): Route | undefined {
  if (path === '/v2' || path === '/v2/') return { kind: 'base' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  for (const [pattern, build] of patterns) {
    const match = pattern.exec(path);
    if (match !== null) return build(match[1] ?? '', match[2] ?? '');
  }
  return undefined;
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const namePattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const maximumNameLength = 255;

/** True for a repository name of the distribution spec. Such a name is also a safe relative path: no `..`, no leading `_`. */
export function isRepositoryName(name: string): boolean {
  return name.length <= maximumNameLength && namePattern.test(name);
}

/** True for a tag of the distribution spec; such a tag is also a safe file name. */
export function isTag(tag: string): boolean {
  return tagPattern.test(tag);
}
