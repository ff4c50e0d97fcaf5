import { expect, test } from 'vitest';
import { isKanikitError, KanikitError } from './errors.ts';

test('a code is one of kanikit’s, or has the name of a plugin before it; a misspelt one does not compile', () => {
  const error = new KanikitError({ code: 'context-missing', message: 'No disk in the drive.' });
  expect(error.code === 'context-missing').toBe(true);
  expect(error.code === 'floppy/disk-missing').toBe(false);
  // @ts-expect-error It is not compared with.
  expect(error.code === 'contxt-missing').toBe(false);
  // @ts-expect-error Nor is it thrown.
  expect(isKanikitError(new KanikitError({ code: 'contxt-missing', message: 'No.' }))).toBe(true);
});
