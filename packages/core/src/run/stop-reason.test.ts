import { describe, expect, it } from 'vitest';
import { isTimeout, stopWords } from './stop-reason.ts';

const no = (): never => {
  throw new Error('no look');
};
const deaf = new Proxy({}, { get: no, has: no, getPrototypeOf: no });
const mute = Object.defineProperty(new Error('x'), 'message', { get: no });
const nameless = Object.create(null) as object;
const abort = (reason?: unknown): unknown => AbortSignal.abort(reason).reason;

describe('why a signal was aborted, for people', () => {
  it.each([
    ['nothing', abort(), 'the caller asked to stop'],
    ['an error', new Error('The user said no.'), 'the caller asked to stop: The user said no'],
    ['a string', 'enough', 'the caller asked to stop: enough'],
    ['an empty string', '', 'the caller asked to stop'],
    ['a number', 7, 'the caller asked to stop'],
    ['null', null, 'the caller asked to stop'],
    ['an object', { why: 1 }, 'the caller asked to stop'],
    ['an object without a prototype', nameless, 'the caller asked to stop'],
    ['a proxy that throws', deaf, 'the caller asked to stop'],
    ['an error of two lines', new Error('\u001b[31mno\nmore'), 'the caller asked to stop: no more'],
    ['a timeout', new DOMException('late', 'TimeoutError'), 'the time that the caller gave was over'],
  ])('%s', (_name, reason, words) => {
    expect(stopWords(reason)).toBe(words);
  });

  it('an error that can not be read', () => {
    expect(stopWords(mute)).toContain('the caller asked to stop');
    expect(isTimeout(deaf)).toBe(false);
  });

  it('a message of megabytes in a short one', () => {
    expect(stopWords(new Error('x'.repeat(1_000_000))).length).toBeLessThan(3_000);
  });
});
