import { describe, expect, test } from 'vitest';
import { cut, cutMiddle, fit, hang, joinFitting, leftRight, widthOf, wrap } from './fit.ts';

describe('fit', () => {
  test.each([
    ['short', 8, 'short   '],
    ['exactly8', 8, 'exactly8'],
    ['far too long', 8, 'far too…'],
    ['漢字漢字漢字', 8, '漢字漢… '],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
    ['a\tb', 8, 'a    b  '],
    ['anything', 0, ''],
    ['', 3, '   '],
  ])('%j in %i columns is %j', (text, width, expected) => {
    expect(fit(text, width)).toBe(expected);
    expect(widthOf(fit(text, width))).toBe(width);
  });

  test('the end of a giant line is never looked at', () => {
    expect(cut('漢'.repeat(1_000_000), 11)).toBe('漢漢漢漢漢…');
  });

  test.each([
    ['kanikit-worker-blue', 11, 'kanik…-blue'],
    ['short', 11, 'short'],
    ['漢字漢字漢字', 7, '漢字…字'],
    ['long', 1, '…'],
  ])('the middle of %j gives way at %i columns', (text, width, expected) => {
    expect(cutMiddle(text, width)).toBe(expected);
    expect(widthOf(cutMiddle(text, width))).toBeLessThanOrEqual(width);
  });

  test('the right text stays longest', () => {
    expect(leftRight('left', 'right', 12)).toBe('left   right');
    expect(leftRight('left', 'right', 8)).toBe('l… right');
    expect(leftRight('left', 'right', 4)).toBe('rig…');
  });
});

test.each([
  [20, 'one  two  three'],
  [14, 'one  three'],
  [9, 'three'],
  [3, 'th…'],
  [0, ''],
])('of parts the heaviest stay in %i columns: "%s"', (width, expected) => {
  const parts = [
    { text: 'one', weight: 2 },
    { text: 'two', weight: 1 },
    { text: 'three', weight: 3 },
  ];
  expect(joinFitting(parts, width)).toBe(expected);
});

test('words are wrapped by their width', () => {
  expect(wrap('a bb  ccc dddddddd 漢字 x', 6)).toEqual(['a bb', 'ccc', 'dddddd', 'dd', '漢字 x']);
  expect(wrap('', 6)).toEqual([]);
  expect(wrap('漢字漢字', 5)).toEqual(['漢字', '漢字']);
  expect(wrap('漢字', 1)).toEqual(['漢', '字']);
});

test('text hangs below itself in a terminal, and stays one line elsewhere', () => {
  const text = 'some words that go beyond forty columns together';
  expect(hang('label  ', 7, text, 40)).toEqual([
    'label  some words that go beyond forty',
    '       columns together',
  ]);
  expect(hang('label  ', 7, text, undefined)).toEqual([`label  ${text}`]);
  expect(hang('label  ', 7, '', 40)).toEqual(['label']);
});
