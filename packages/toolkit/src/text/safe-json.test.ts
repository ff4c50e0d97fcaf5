import { expect, test } from 'vitest';
import { safeJson } from './safe-json.ts';

const hostile =
  '\u009b31m\u009d52;c;x\u0007\u001b[31m\u202e\u00ad\u061c\u180e\u200b\u2028\u2060\ufeff\u{e0041}\u007f\ud800\u034f\u115f\u3164\uffa0\u206a\u{e0101}\u{1d173}';

test.each([undefined, 2])(
  'JSON with an indent of %s has plain characters only, and reads back as it was',
  (indent) => {
    const value = { [hostile]: [hostile, 'Grüße 你好 👩‍👩‍👧'] };
    const text = safeJson(value, indent);
    expect(text).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\p{Default_Ignorable_Code_Point}]/u,
    );
    expect(text).toContain('Grüße 你好');
    expect(JSON.parse(text)).toEqual(value);
  },
);
