import { expect, test } from 'vitest';
import { errorWords } from './error-words.ts';

const silent = Object.create(null) as object;
const broken = {
  get message(): string {
    throw new Error('no words');
  },
};

test.each([
  ['an error', new Error('No disk.'), 'No disk'],
  ['an error of several lines', new Error('No disk.\nPut one in.\n'), 'No disk. Put one in'],
  ['an error without words', new Error(''), 'an error without a message'],
  ['an error whose message is no string', Object.assign(new Error('x'), { message: 7 }), 'Error: 7'],
  ['what looks like an error', { message: 'No disk.' }, 'No disk'],
  ['a string', 'No disk', 'No disk'],
  ['a number', 7n, '7'],
  ['nothing', undefined, 'undefined'],
  ['a symbol', Symbol('disk'), 'Symbol(disk)'],
  ['an object without a prototype', silent, 'an error without a message'],
  ['an error whose message throws', broken, 'an error without a message'],
  ['control sequences', new Error('\u001b[31mNo disk\u0007'), 'No disk'],
])('%s: words', (_name, thrown, words) => {
  expect(errorWords(thrown)).toBe(words);
});

test('a message of megabytes is cut', () => {
  expect(errorWords(new Error('x'.repeat(5_000_000))).length).toBeLessThan(3_000);
});
