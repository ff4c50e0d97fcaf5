import { expect, test } from 'vitest';
import { oneLine, printable, printableOutput } from './printable.ts';

test.each([
  ['plain', 'plain'],
  ['tab\tstays', 'tab\tstays'],
  ['Grüße 你好 👩‍👩‍👧', 'Grüße 你好 👩‍👩‍👧'],
  ['\u001b[1;31mred\u001b[0m', 'red'],
  ['\u001b[38:2::1:2:3mx', 'x'],
  ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001b]0;title\u0007x', 'x'],
  ['\u001bP1$qm\u001b\\x', 'x'],
  ['\u001b(0x\u001b7y\u001bc', 'xy'],
  ['\u009d0;t\u009cx\u009b2Jy', 'xy'],
  ['cut \u001b[', 'cut '],
  ['cut \u001b]0;still here', 'cut 0;still here'],
  ['\u001b\u001b[31mx', 'x'],
  ['RUN evil\rRUN make', 'RUN evilRUN make'],
  ['end\r\n', 'end'],
  ['a\nb', 'ab'],
  ['a\u0000\u0008\u007f\u0085b', 'ab'],
  ['\u202eabc\u2066d\u061c', '<U+202E>abc<U+2066>d<U+061C>'],
  ['a\u200bb\u00adc\ufeff', 'a<U+200B>b<U+00AD>c<U+FEFF>'],
  ['a\u3164b\u034fc\u206ad\uffa0', 'a<U+3164>b<U+034F>c<U+206A>d<U+FFA0>'],
  ['a\u{e0101}b\u{1d173}', 'a<U+E0101>b<U+1D173>'],
  ['⚠️ stays', '⚠️ stays'],
  ['tag\u{e0041}\u{e007f}', 'tag'],
  ['\ud800', '\ufffd'],
])('%j → %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test.each(['\u009d', '\u0090a', '\u001b]', '\u001bP\u009f', '\u001b[1;', '\r'])(
  'a line of 1 MB of nothing but %j is shown at once',
  (beginning) => {
    const startedAt = performance.now();
    printable(beginning.repeat(1_000_000 / beginning.length));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  },
);

test('whatever the bytes, nothing a terminal would obey is left', () => {
  const alphabet = '\u001b\u009b\u009d\u0090[]()P;?0123mHJ\\\u0007\u009c\r\n\tab \u202e';
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647);
  for (let round = 0; round < 5_000; round += 1) {
    const text = Array.from({ length: 12 }, () => alphabet[random() % alphabet.length]).join('');
    expect(printable(text)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202e]/);
  }
});

test('a megabyte that pretends to be a sequence takes no time worth telling', { timeout: 5_000 }, () => {
  expect(printable(`\u001b[${'1;'.repeat(500_000)}`)).toHaveLength(1_000_000);
  expect(printable('\u001b]'.repeat(200_000))).toBe('');
});

test.each([
  ['a\rb\rc', 'c'],
  ['10%\r20%\r\r\n', '20%'],
  ['\r\r', ''],
  ['\u001b[31mred\u001b[0m', 'red'],
])('of the output line %j the last state is %j', (line, shown) => {
  expect(printableOutput(line)).toBe(shown);
});

test('text of several lines becomes one, whatever ends them', () => {
  expect(oneLine('a\nb\r\nc\rd')).toBe('a b c d');
});
