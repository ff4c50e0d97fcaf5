import { expect, test } from 'vitest';
import { parseBoolean } from './parse-boolean.ts';

test.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('%s is true', (text) => {
  expect(parseBoolean(text)).toBe(true);
});

test.each(['0', 'f', 'F', 'false', 'FALSE', 'False'])('%s is false', (text) => {
  expect(parseBoolean(text)).toBe(false);
});

test.each(['', 'yes', 'no', 'on', 'off', 'tRUE', ' true', 'true\n', '2', '-1', 'y', 'truefalse'])(
  '%j is neither',
  (text) => {
    expect(parseBoolean(text)).toBeUndefined();
  },
);
