import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { errorCode, startBucket, type TestBucket } from './testing/test-bucket.ts';

let folder: string;
let bucket: TestBucket;
const keys = ['b/1', 'b/2', 'a', 'c', 'b', 'd/x/1', 'd/x/2', 'd/y', '\u{1f600}', '\uffee'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-bucket-'));
  bucket = await startBucket(folder);
  await bucket.call('PUT', '/box');
  for (const key of keys) await bucket.call('PUT', `/box/${encodeURIComponent(key)}`, { body: key });
});

afterEach(async () => {
  await bucket[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Page {
  readonly entries: string[];
  readonly next: string | undefined;
}

async function list(query: Record<string, string>): Promise<Page> {
  const text = await (await bucket.call('GET', '/box', { query: { 'list-type': '2', ...query } })).text();
  const all = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
  const entries = [
    ...all(/<Key>(.*?)<\/Key>/g),
    ...all(/<CommonPrefixes><Prefix>(.*?)<\/Prefix>/g).map((entry) => `${entry}*`),
  ];
  return { entries, next: all(/<NextContinuationToken>(.*?)</g)[0] };
}

it.each<[Record<string, string>, string[]]>([
  [{}, ['a', 'b', 'b/1', 'b/2', 'c', 'd/x/1', 'd/x/2', 'd/y', '\uffee', '\u{1f600}']],
  [{ prefix: 'b/' }, ['b/1', 'b/2']],
  [{ delimiter: '/' }, ['a', 'b', 'c', '\uffee', '\u{1f600}', 'b/*', 'd/*']],
  [{ delimiter: '/', prefix: 'd/' }, ['d/y', 'd/x/*']],
  [{ 'start-after': 'd/x/1' }, ['d/x/2', 'd/y', '\uffee', '\u{1f600}']],
  [{ prefix: 'none' }, []],
  [{ 'encoding-type': 'url', prefix: '\uffee' }, ['%EF%BF%AE']],
  [{ 'max-keys': '0' }, []],
])('lists with %j', async (query, expected) => {
  expect((await list(query)).entries).toEqual(expected);
});

it.each([{}, { delimiter: '/' }, { delimiter: '/', prefix: 'd/' }])(
  'pages one by one with %j',
  async (query) => {
    const whole = await list(query);
    const paged: string[] = [];
    for (let token: string | undefined = ''; token !== undefined;) {
      const page: Page = await list({
        ...query,
        'max-keys': '1',
        ...(token === '' ? {} : { 'continuation-token': token }),
      });
      expect(page.entries).toHaveLength(1);
      paged.push(...page.entries);
      token = page.next;
    }
    expect(paged.toSorted()).toEqual(whole.entries.toSorted());
  },
);

it('refuses a token of somebody else', async () => {
  const query = { 'list-type': '2', 'continuation-token': 'x' };
  expect(await errorCode(await bucket.call('GET', '/box', { query }))).toBe('InvalidArgument');
});

it('lists buckets and says where they are', async () => {
  expect(await (await bucket.call('GET', '/')).text()).toContain('<Bucket><Name>box</Name>');
  expect((await bucket.call('HEAD', '/box')).headers.get('x-amz-bucket-region')).toBe('us-east-1');
});

it('deletes many keys at once', async () => {
  const body = '<Delete><Object><Key>a</Key></Object><Object><Key>never</Key></Object></Delete>';
  const answer = await (await bucket.call('POST', '/box', { query: { delete: '' }, body })).text();
  expect(answer).toContain('<Deleted><Key>a</Key></Deleted><Deleted><Key>never</Key></Deleted>');
  expect((await list({ prefix: 'a' })).entries).toEqual([]);
});
