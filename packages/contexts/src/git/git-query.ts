import { parseBoolean } from '@kanikit/toolkit/text';

/** What the query of a Git URL says, besides what stands behind its `#`. */
export interface GitQuery {
  readonly ref: string | undefined;
  readonly commit: string | undefined;
  readonly subPath: string | undefined;
  readonly submodules: boolean | undefined;
}

const known = new Set([
  'ref',
  'tag',
  'branch',
  'subdir',
  'checksum',
  'commit',
  'submodules',
  'keep-git-dir',
  'mtime',
  'fetch-by-commit',
]);

/**
 * Reads `?ref=`, `branch=`, `tag=`, `subdir=`, `commit=` (or `checksum=`) and `submodules=`, as docker does.
 *
 * Source: https://docs.docker.com/build/concepts/context/#url-queries
 *
 * @throws what `refuse` throws, for a query that docker refuses, and for `keep-git-dir` and `mtime=commit`, which Kaniko can't do
 */
export function parseGitQuery(query: string, refuse: (reason: string) => Error): GitQuery {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!known.has(name)) throw refuse('its query has a name that no Git context takes');
    if (fields.has(name)) throw refuse(`its query has "${name}" twice`);
    fields.set(name, value);
  }
  const flag = (name: string): boolean | undefined => {
    const value = fields.get(name);
    const read = value === '' ? true : value === undefined ? undefined : parseBoolean(value);
    if (value !== undefined && read === undefined) throw refuse(`"${name}" in its query is true or false`);
    return read;
  };
  for (const name of ['ref', 'tag', 'branch', 'subdir', 'checksum', 'commit', 'mtime']) {
    if (fields.get(name) === '') throw refuse(`"${name}" in its query has no value`);
  }
  if (flag('keep-git-dir') === true) throw refuse('"keep-git-dir" is not possible with Kaniko');
  if (![undefined, 'checkout'].includes(fields.get('mtime')))
    throw refuse('"mtime" is not possible with Kaniko');
  flag('fetch-by-commit');
  return {
    ref: oneOf(
      [fields.get('ref'), full(fields.get('tag'), 'refs/tags/'), full(fields.get('branch'), 'refs/heads/')],
      refuse,
    ),
    commit: oneOf([fields.get('commit'), fields.get('checksum')], refuse),
    subPath: fields.get('subdir'),
    submodules: flag('submodules'),
  };
}

function full(name: string | undefined, prefix: string): string | undefined {
  return name === undefined || name.startsWith(prefix) ? name : `${prefix}${name}`;
}

/** The one value that is given, however often. */
export function oneOf(
  values: readonly (string | undefined)[],
  refuse: (reason: string) => Error,
): string | undefined {
  const given = new Set(values.filter((value) => value !== undefined));
  if (given.size > 1) throw refuse('it names several branches, tags, commits or folders that differ');
  return [...given][0];
}
