import { expect, test } from 'vitest';
import { asSentence } from './as-sentence.ts';

test.each([
  ['reading "a": permission denied', 'Reading "a": permission denied.'],
  ['uploading to s3://b/k: Please reduce your rate.', 'Uploading to s3://b/k: Please reduce your rate.'],
  ['cloning "https://x": is it there?', 'Cloning "https://x": is it there?'],
  ['"a" is sent without its content', '"a" is sent without its content.'],
])('%s', (text, sentence) => expect(asSentence(text)).toBe(sentence));
