import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { brokenLibrary } from './broken-library.ts';

test.each([
  [
    'a bundle of esbuild',
    new Error('Dynamic require of "events" is not supported'),
    'Dynamic require of "events"',
  ],
  [
    'a bundle of rollup',
    new Error('Could not dynamically require "x". Please configure the dynamicRequireTargets'),
    'Could not dynamically require "x"',
  ],
  ['an ES module without require', new ReferenceError('require is not defined'), 'require is not defined'],
  [
    'the same as the cause of another error',
    new Error('The request failed.', {
      cause: new Error('Dynamic require of "node:https" is not supported'),
    }),
    'Dynamic require of "node:https"',
  ],
])('%s can not load its library', (_name, error, words) => {
  expect(brokenLibrary(error)).toContain(words);
});

test('a package that is not installed is missing for import and for require', async () => {
  const name = '@kanikit/no-such-package';
  const imported = await import(/* @vite-ignore */ name).catch((error: unknown) => error);
  expect(brokenLibrary(imported)).toContain(name);
  expect(() => createRequire(import.meta.url)(name)).toThrow(
    expect.toSatisfy((error) => brokenLibrary(error)?.includes(name) === true),
  );
});

test.each([
  ['a broken connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  [
    'a server that quotes such words',
    new Error('the server answered 500: Dynamic require of "x" is not supported'),
  ],
  ['a text', 'Dynamic require of "x" is not supported'],
])('%s is no broken library', (_name, error) => {
  expect(brokenLibrary(error)).toBeUndefined();
});
