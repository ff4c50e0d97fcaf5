import { expect, test } from 'vitest';
import type { PodScript } from '../scripted/scripted-runtime.ts';
import { podManifest, startTestApi } from './testing/test-api.ts';

const pods = '/api/v1/namespaces/default/pods';
const talk: PodScript = async ({ run, print }) => {
  run();
  for (const line of ['one\n', 'two\n', 'three\n', 'four']) print(line);
  return { exitCode: 0 };
};

const logs: readonly (readonly [query: string, text: string])[] = [
  ['', 'one\ntwo\nthree\nfour'],
  ['follow=true', 'one\ntwo\nthree\nfour'],
  ['tailLines=2', 'three\nfour'],
  ['tailLines=0', ''],
  ['limitBytes=5', 'one\nt'],
  ['sinceTime=2100-01-01T00:00:00Z', ''],
  ['sinceSeconds=3600&container=executor', 'one\ntwo\nthree\nfour'],
];

test.each(logs)('serves a log with "%s"', async (query, text) => {
  await using api = await startTestApi({ script: talk });
  await api.call('POST', pods, podManifest('a'));
  await api.podUntil('a', ({ status }) => status.phase === 'Succeeded');
  expect((await api.call('GET', `${pods}/a/log?${query}`)).text).toBe(text);
});

test('puts times before lines', async () => {
  await using api = await startTestApi({ script: talk });
  await api.call('POST', pods, podManifest('a'));
  await api.podUntil('a', ({ status }) => status.phase === 'Succeeded');
  const { text } = await api.call('GET', `${pods}/a/log?timestamps=true&tailLines=1`);
  expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z four$/);
});

test('follows a running pod to its end', async () => {
  const { promise: more, resolve } = Promise.withResolvers<void>();
  const script: PodScript = async ({ run, print }) => {
    run();
    print('first\n');
    await more;
    print('last\n');
    return { exitCode: 1 };
  };
  await using api = await startTestApi({ script });
  await api.call('POST', pods, podManifest('a'));
  await api.podUntil('a', ({ status }) => status.phase === 'Running');
  const response = await fetch(`${api.url}${pods}/a/log?follow=true`, {
    headers: { authorization: 'Bearer admin-token' },
  });
  const pieces: string[] = [];
  for await (const chunk of response.body!.pipeThrough(
    new TextDecoderStream(),
  ) as unknown as AsyncIterable<string>) {
    pieces.push(chunk);
    resolve();
  }
  expect(pieces.join('')).toBe('first\nlast\n');
});

const refused: readonly (readonly [
  what: string,
  script: PodScript,
  query: string,
  status: number,
  message: string,
])[] = [
  [
    'an image that can not be pulled',
    async ({ wait, signal }) => {
      wait('ImagePullBackOff');
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ exitCode: 143 })));
    },
    '',
    400,
    'container "executor" in pod "a" is waiting to start: trying and failing to pull image',
  ],
  ['another container', talk, 'container=other', 400, 'container other is not valid for pod a'],
  [
    'the run before',
    talk,
    'previous=true',
    400,
    'previous terminated container "executor" in pod "a" not found',
  ],
  [
    'a negative tail',
    talk,
    'tailLines=-1',
    422,
    'tailLines: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'two beginnings',
    talk,
    'sinceSeconds=1&sinceTime=2020-01-01T00:00:00Z',
    422,
    'at most one of `sinceTime` or `sinceSeconds` may be specified',
  ],
];

test.each(refused)('refuses the log of %s', async (_what, script, query, status, message) => {
  await using api = await startTestApi({ script });
  await api.call('POST', pods, podManifest('a'));
  await api.podUntil('a', ({ status: now }) => {
    const state = now.containerStatuses?.[0]?.state;
    return state?.terminated !== undefined || state?.waiting?.reason === 'ImagePullBackOff';
  });
  const reply = await api.call('GET', `${pods}/a/log?${query}`);
  expect(reply.status).toBe(status);
  expect(reply.body.message).toContain(message);
});

test('a pod that no node has yet has an empty log', async () => {
  await using api = await startTestApi();
  await api.call('POST', pods, podManifest('a', { nodeSelector: { no: 'where' } }));
  const { status, text } = await api.call('GET', `${pods}/a/log`);
  expect({ status, text }).toEqual({ status: 200, text: '' });
});
