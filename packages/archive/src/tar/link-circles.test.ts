import { expect, test } from 'vitest';
import { createLinkCircles } from './link-circles.ts';

type Links = readonly (readonly [path: string, linkpath: string])[];

function check(links: Links): void {
  const circles = createLinkCircles();
  for (const [path, linkpath] of links) circles.see({ path, linkpath, type: 'SymbolicLink', sizeBytes: 0 });
  circles.check();
}

test.each<[why: string, links: Links]>([
  ['to itself', [['loop', 'loop']]],
  ['to itself by another name', [['./a/loop', '../a/./loop']]],
  [
    'by way of another',
    [
      ['a', 'd/b'],
      ['d/b', '../a'],
    ],
  ],
  [
    'in the end',
    [
      ['start', 'a'],
      ['a', 'b'],
      ['b', 'a'],
    ],
  ],
])('a link that leads %s is refused', (_why, links) => {
  expect(() => check(links)).toThrow('leads in a circle');
});

test.each<[why: string, links: Links]>([
  [
    'to a file, or nowhere',
    [
      ['a', 'file'],
      ['b', 'nowhere'],
    ],
  ],
  [
    'over several others',
    [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'file'],
      ['d', 'b'],
    ],
  ],
  ['to itself in the image only', [['a', '/a']]],
  ['out of the archive', [['a', '../../x']]],
  [
    'elsewhere, the second time it comes',
    [
      ['a', 'a'],
      ['a', 'file'],
    ],
  ],
])('a link that leads %s is taken', (_why, links) => {
  expect(() => check(links)).not.toThrow();
});

test('a file of the same name takes the place of a link', () => {
  const circles = createLinkCircles();
  circles.see({ path: 'a', linkpath: 'a', type: 'SymbolicLink', sizeBytes: 0 });
  circles.see({ path: 'a', linkpath: '', type: 'File', sizeBytes: 1 });
  expect(() => circles.check()).not.toThrow();
});
