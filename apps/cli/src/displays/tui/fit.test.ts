import { describe, expect, test } from 'vitest';
import { cut, cutMiddle, fit, leftRight, widthOf } from './fit.ts';

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
