import { readFileSync } from 'node:fs';
import type { FoundBuild } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { foundJson } from './found-json.ts';

const about = {
  name: 'api',
  destinations: [],
  context: './api',
  platform: 'linux/amd64',
  cacheRepository: 'r.example/cache',
  executor: 'google@1.24.0',
  outline: [],
  contextLocation: 's3://b/k',
} satisfies Required<FoundBuild['about']>;

/** Every field there is. */
const full = {
  runId: 'r1',
  buildId: 'api-1',
  namespace: 'ci',
  pod: 'kanikit-api-1',
  podUid: 'u',
  job: 'kanikit-api-1',
  about,
  image: 'kaniko:1',
  args: [],
  node: 'node-1',
  phase: { state: 'running' },
  createdAt: 0,
  startedAt: 0,
  endedAt: 0,
  deadlineAt: 0,
  ownership: 'alive',
  owner: 'me@here',
  heardAt: 0,
  keepUntil: 0,
  cancelled: { by: 'me', at: 0 },
  secrets: [],
} satisfies Required<FoundBuild>;

test('docs/builds-in-the-cluster.md names every field of a build, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/builds-in-the-cluster.md', import.meta.url), 'utf8');
  const section = /\n## JSON\n([^]*?)\n## /.exec(page)?.[1] ?? '';
  const rows = section.split('\n').flatMap((row) => /^\| (`.*`) \| (.*) \|$/.exec(row)?.slice(1, 3) ?? []);
  const named = (cell = '') => new Set(Array.from(cell.matchAll(/`(\w+)`/g), ([, name]) => name));
  const fields = rows.filter((_, index) => index % 2 === 0);
  expect(named(fields.join())).toEqual(new Set(Object.keys(foundJson(full))));
  expect(named(rows[rows.indexOf('`about`') + 1])).toEqual(new Set(Object.keys(about)));
});
