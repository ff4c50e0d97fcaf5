import { expect, test } from 'vitest';
import { applyPatch } from './apply-patch.ts';

test.each([
  ['application/merge-patch+json', { a: null, b: 2 }, { b: 2 }],
  [
    'application/strategic-merge-patch+json',
    { env: [{ name: 'A', value: '1' }] },
    { a: 1, env: [{ name: 'A', value: '1' }] },
  ],
  ['application/json-patch+json', [{ op: 'remove', path: '/a' }], {}],
])('applies %s', (mediaType, patch, result) => {
  expect(applyPatch(mediaType, { a: 1 }, patch)).toEqual(result);
});

test.each([
  ['application/json-patch+json', [{ op: 'remove', path: '/b' }], 422, 'the server rejected our request'],
  [
    'application/strategic-merge-patch+json',
    { containers: [{ image: 'x' }] },
    400,
    'declared merge key: name',
  ],
  ['application/apply-patch+yaml', {}, 415, 'the body of the request was in an unknown format'],
])('refuses %s %j as the API server does', (mediaType, patch, code, words) => {
  expect(() => applyPatch(mediaType, { a: 1, containers: [{ name: 'a' }] }, patch)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});
