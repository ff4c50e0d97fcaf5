import { describe, expect, test } from 'vitest';
import { usageProblem } from '../testing/usage-problem.ts';
import { assignTags } from './assign-tags.ts';

function assigned(
  contexts: readonly string[],
  tags: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const entries = assignTags(contexts, tags, true).map(({ context, destinations }) => [
    context,
    destinations,
  ]);
  return Object.fromEntries(entries) as Record<string, readonly string[]>;
}

describe('says which image is which', () => {
  test('one context gets all names', () => {
    expect(assigned(['.'], ['r/a:1', 'r/a:2'])).toEqual({ '.': ['r/a:1', 'r/a:2'] });
  });

  test('several contexts get one name each, in order', () => {
    expect(assigned(['./a', './b'], ['r/x', 'r/y'])).toEqual({ './a': ['r/x'], './b': ['r/y'] });
  });

  test('several contexts fill every template', () => {
    expect(assigned(['./api', '/srv/web/'], ['r/{name}:1', 'r/{name}:{name}'])).toEqual({
      './api': ['r/api:1', 'r/api:api'],
      '/srv/web/': ['r/web:1', 'r/web:web'],
    });
  });

  test.each([
    ['dist/app.tar.gz', 'app'],
    ['app.tgz', 'app'],
    ['git://example.com/team/tool.git#refs/heads/main', 'tool'],
    ['https://example.com/files/ctx.tar.gz?sig=a/b', 'ctx'],
    ['s3://bucket/key/site.tar', 'site'],
  ])('{name} of %s is %s', (context, name) => {
    expect(assigned([context], ['r/{name}'])).toEqual({ [context]: [`r/${name}`] });
  });

  test('without pushing, no name is needed', () => {
    expect(assignTags(['./a', './b'], [], false).map(({ destinations }) => destinations)).toEqual([[], []]);
  });
});

describe('refuses', () => {
  test.each<[string, readonly string[], readonly string[], string]>([
    ['no name', ['.'], [], 'Nothing says where to push to.'],
    [
      'too few',
      ['a', 'b', 'c'],
      ['r/x', 'r/y'],
      '3 contexts, but 2 image names.\ncontexts: a b c\nnames: r/x r/y',
    ],
    ['too many', ['a', 'b'], ['r/x', 'r/y', 'r/z'], '2 contexts, but 3 image names.'],
    ['one for two', ['a', 'b'], ['r/x'], '2 contexts, but 1 image name.'],
    ['a mixture', ['a', 'b'], ['r/{name}', 'r/y'], 'some names have {name} and some have not'],
    [
      'the same image twice',
      ['x/app', 'y/app'],
      ['r/{name}'],
      'x/app and y/app would both be pushed to r/app.',
    ],
    ['a name given twice', ['a'], ['r/x', 'r/x'], 'r/x is named twice for a.'],
    ['upper case', ['./Web'], ['r/{name}'], 'stands for "Web" (of ./Web)'],
    ['standard input', ['-'], ['r/{name}'], 'stands for "-"'],
  ])('%s', (_name, contexts, tags, problem) => {
    expect(usageProblem(() => assignTags(contexts, tags, true))).toContain(problem);
  });
});
