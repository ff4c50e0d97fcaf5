import { expect, test } from 'vitest';
import { type LayeredMap, layeredMap } from './layered-map.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];

test('maps on maps hold what copies of them hold', () => {
  let seed = 7;
  const random = (limit: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * limit);
  };
  const made: { readonly layered: LayeredMap<number>; readonly copy: ReadonlyMap<string, number> }[] = [];
  for (let round = 0; round < 2000; round += 1) {
    const base = made[random(made.length)];
    const layered = base?.layered.above() ?? layeredMap<number>();
    const copy = new Map(base?.copy);
    for (let change = random(6); change > 0; change -= 1) {
      const name = names[random(names.length)]!;
      const kind = random(8);
      if (kind === 0) {
        layered.clear();
        copy.clear();
      } else if (kind < 3) {
        layered.delete(name);
        copy.delete(name);
      } else {
        layered.set(name, round);
        copy.set(name, round);
      }
    }
    made.push({ layered, copy });
    expect(names.map((name) => layered.get(name))).toEqual(names.map((name) => copy.get(name)));
  }
});
