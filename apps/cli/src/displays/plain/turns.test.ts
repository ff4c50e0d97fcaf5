import { describe, expect, test } from 'vitest';
import { createTurns } from './turns.ts';

describe('turns', () => {
  test('one build speaks at once', () => {
    const turns = createTurns();
    expect(turns.say('a', ['1'], 1_000)).toEqual(['1']);
    expect(turns.say('a', ['2', '3'], 1_001)).toEqual(['2', '3']);
  });

  test('another waits until the speaker is silent for a second', () => {
    const turns = createTurns();
    turns.say('a', ['a1'], 1_000);
    expect(turns.say('b', ['b1'], 1_100)).toEqual([]);
    expect(turns.say('a', ['a2'], 1_500)).toEqual(['a2']);
    expect(turns.tick(2_400)).toEqual([]);
    expect(turns.tick(2_500)).toEqual(['b1']);
    expect(turns.say('b', ['b2'], 2_600)).toEqual(['b2']);
  });

  test('a speaker who never stops gives way after five seconds', () => {
    const turns = createTurns();
    turns.say('a', ['a'], 1_000);
    turns.say('b', ['b1'], 1_100);
    const spoken = [];
    for (let now = 1_500; now <= 6_500; now += 500) spoken.push(...turns.say('a', ['a'], now));
    expect(spoken).toContain('b1');
  });

  test('who has waited longest is next', () => {
    const turns = createTurns();
    turns.say('a', ['a'], 1_000);
    turns.say('b', ['b'], 1_001);
    turns.say('c', ['c'], 1_002);
    expect(turns.tick(2_100)).toEqual(['b']);
    expect(turns.tick(3_200)).toEqual(['c']);
  });

  test('the end of a build is heard at once, and lets the next speak', () => {
    const turns = createTurns();
    turns.say('a', ['a1'], 1_000);
    turns.say('b', ['b1'], 1_001);
    turns.say('b', ['b2'], 1_002);
    expect(turns.end('b', 1_003)).toEqual(['b1', 'b2']);
    turns.say('c', ['c1'], 1_004);
    expect(turns.end('a', 1_005)).toEqual(['c1']);
  });

  test('what waits is bounded', () => {
    const turns = createTurns();
    turns.say('a', ['a'], 1_000);
    const lines = Array.from({ length: 500 }, (_, index) => `b${index}`);
    expect(turns.say('b', lines, 1_001)).toEqual(lines);
  });

  test('no line is lost, and the order of each build is kept', () => {
    const turns = createTurns();
    const spoken: string[] = [];
    for (let line = 0; line < 300; line += 1) {
      for (const build of ['a', 'b', 'c'])
        spoken.push(...turns.say(build, [`${build}${line}`], 1_000 + line * 37));
    }
    spoken.push(...turns.flush());
    for (const build of ['a', 'b', 'c']) {
      const mine = spoken.filter((text) => text.startsWith(build));
      expect(mine).toEqual(Array.from({ length: 300 }, (_, line) => `${build}${line}`));
    }
  });
});
