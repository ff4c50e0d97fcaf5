import { expect, test } from 'vitest';
import { type Json, startTestApi, type TestApi } from './testing/test-api.ts';

const secrets = '/api/v1/namespaces/default/secrets';
const mergePatch = { 'content-type': 'application/merge-patch+json' };

async function addSecret(api: TestApi, name: string, labels: object = {}): Promise<string> {
  return (await api.call('POST', secrets, { metadata: { name, labels } })).body.metadata.resourceVersion;
}

test('resumes after a version without loss or repeats', async () => {
  await using api = await startTestApi();
  const version = await addSecret(api, 'a');
  await addSecret(api, 'b');
  await api.call('PATCH', `${secrets}/b`, { data: { x: 'eA==' } }, mergePatch);
  await api.call('DELETE', `${secrets}/a`);
  const events = await api.watchUntil(
    `${secrets}?watch=true&resourceVersion=${version}`,
    ({ type }) => type === 'DELETED',
  );
  expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    'ADDED b',
    'MODIFIED b',
    'DELETED a',
  ]);
  const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
});

test('an object that leaves a selection is deleted to its watcher', async () => {
  await using api = await startTestApi();
  const version = await addSecret(api, 'a', { run: '1' });
  const label = (run: string) =>
    api.call('PATCH', `${secrets}/a`, { metadata: { labels: { run } } }, mergePatch);
  await label('2');
  await label('1');
  const events = await api.watchUntil(
    `${secrets}?watch=true&labelSelector=run%3D1&resourceVersion=${version}`,
    ({ type }) => type === 'ADDED',
  );
  expect(events.map(({ type }) => type)).toEqual(['DELETED', 'ADDED']);
});

test('a version that is too old gets 410 Expired', async () => {
  await using api = await startTestApi({ windowSize: 3 });
  const version = await addSecret(api, 'a');
  for (let index = 0; index < 10; index += 1) await addSecret(api, `b${index}`);
  const [event] = await api.watchUntil(`${secrets}?watch=true&resourceVersion=${version}`, () => true);
  expect(event).toMatchObject({
    type: 'ERROR',
    object: { kind: 'Status', code: 410, reason: 'Expired' },
  });
});

test('bookmarks the end of the initial events, and of the watch', async () => {
  await using api = await startTestApi();
  await addSecret(api, 'a');
  const query =
    'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const events = await api.watchUntil(`${secrets}?${query}`, ({ type }) => type === 'BOOKMARK');
  expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
  expect(events[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
});

test('ends after timeoutSeconds with a bookmark', async () => {
  await using api = await startTestApi();
  const version = await addSecret(api, 'a');
  const query = `watch=true&resourceVersion=${version}&allowWatchBookmarks=true&timeoutSeconds=1`;
  const { text } = await api.call('GET', `${secrets}?${query}`);
  expect(JSON.parse(text)).toMatchObject({
    type: 'BOOKMARK',
    object: { kind: 'Secret', metadata: { resourceVersion: version } },
  });
});

test('a watch resumes over a restart', async () => {
  const first = await startTestApi();
  const version = await addSecret(first, 'a');
  await addSecret(first, 'b');
  await first.stop();
  await using second = await startTestApi({ folder: first.folder });
  const [event] = await second.watchUntil(`${secrets}?watch=true&resourceVersion=${version}`, () => true);
  expect(event).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } });
});

test('answers kubectl in tables', async () => {
  await using api = await startTestApi();
  await addSecret(api, 'a');
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const { body } = await api.call('GET', secrets, undefined, { accept });
  expect(body.kind).toBe('Table');
  expect(body.columnDefinitions.map(({ name }: Json) => name)).toEqual(['Name', 'Type', 'Data', 'Age']);
  expect(body.rows[0]?.cells.slice(0, 3)).toEqual(['a', 'Opaque', 0]);
});
