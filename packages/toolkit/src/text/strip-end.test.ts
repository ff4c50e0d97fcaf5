import { expect, test } from 'vitest';
import { stripEnd, stripEnds } from './strip-end.ts';

test('what is at the ends goes, what is inside stays', () => {
  expect(stripEnd('a/b//', '/')).toBe('a/b');
  expect(stripEnd('a\r\n\r', '\r\n')).toBe('a');
  expect(stripEnd('///', '/')).toBe('');
  expect(stripEnd('', '/')).toBe('');
  expect(stripEnds('--a-b--', '-')).toBe('a-b');
  expect(stripEnds('---', '-')).toBe('');
});
