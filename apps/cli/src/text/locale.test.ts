import { describe, expect, test } from 'vitest';
import { isUtf8Locale, textFor, toAscii } from './locale.ts';

describe('the locale', () => {
  test.each([
    [{ LC_ALL: 'C' }, false],
    [{ LC_ALL: 'POSIX', LANG: 'en_GB.UTF-8' }, false],
    [{ LC_ALL: 'C.UTF-8' }, true],
    [{ LC_ALL: '', LC_CTYPE: 'de_DE.utf8' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LANG: 'en_GB.UTF-8', LC_CTYPE: 'C' }, false],
    [{}, undefined],
    [{ LC_ALL: '', LANG: '' }, undefined],
  ])('%j', (env, isUtf8) => {
    expect(isUtf8Locale(env)).toBe(isUtf8);
  });
});

test('ASCII for typographic characters, and the words of others as they are', () => {
  expect(toAscii('“a” ‘b’ … 3 × 4 – c → d ─ ✓ ✗')).toBe('"a" \'b\' ... 3 x 4 - c > d - v x');
  expect(toAscii('a…', '~')).toBe('a~');
  expect(toAscii('größe 日本 \u001b[32mok\u001b[39m')).toBe('größe 日本 \u001b[32mok\u001b[39m');
  expect(textFor({ LC_ALL: 'C' })('“…”')).toBe('"..."');
  expect(textFor({ LC_ALL: 'C.UTF-8' })('“…”')).toBe('“…”');
  expect(textFor({})('“…”')).toBe('“…”');
});
