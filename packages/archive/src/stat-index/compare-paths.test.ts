import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { walkTree } from '../tree/walk-tree.ts';
import { createIgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { comparePaths } from './compare-paths.ts';

test('paths compare as a walk meets them', () => {
  const root = temporaryFolder();
  const files = [
    'a-b',
    'a/b',
    'a.b',
    'a0',
    'a/-',
    'a/b2',
    'ab/c',
    'é/x',
    '-',
    '!',
    '\uFF5E',
    '😀/y',
    'a/b.c/d',
    'z',
    'Z',
  ];
  for (const file of files.filter((path) => path !== 'a/b')) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  const walked = [...walkTree(root, createIgnoreMatcher([]))].flatMap((entry) => entry?.path ?? []);
  expect(walked).toHaveLength(19);
  expect(walked.toReversed().toSorted(comparePaths)).toEqual(walked);
  expect(['a', '', '-'].toSorted(comparePaths)).toEqual(['', '-', 'a']);
});
