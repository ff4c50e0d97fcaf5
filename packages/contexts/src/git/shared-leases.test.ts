import { expect, test } from 'vitest';
import { createSharedLeases } from './shared-leases.ts';

interface Thing extends AsyncDisposable {
  readonly name: string;
}

function createShop(): { readonly log: string[]; make(name: string): () => Promise<Thing> } {
  const log: string[] = [];
  const make = (name: string) => async (): Promise<Thing> => {
    log.push(`make ${name}`);
    await Promise.resolve();
    return { name, [Symbol.asyncDispose]: async () => void log.push(`close ${name}`) };
  };
  return { log, make };
}

test('a thing is made once, and closed by the last who leaves, however often he does', async () => {
  const { log, make } = createShop();
  const leases = createSharedLeases<Thing>();
  const [one, two] = await Promise.all([leases.acquire('a', make('a')), leases.acquire('a', make('a'))]);
  expect(one.value).toBe(two.value);
  await one[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  expect(log).toEqual(['make a']);
  await two[Symbol.asyncDispose]();
  expect(log).toEqual(['make a', 'close a']);
});

test('who comes after the last has left gets a new one', async () => {
  const { log, make } = createShop();
  const leases = createSharedLeases<Thing>();
  const leaving = (await leases.acquire('a', make('a')))[Symbol.asyncDispose]();
  const again = await leases.acquire('a', make('a'));
  await leaving;
  expect(log).toEqual(['make a', 'make a', 'close a']);
  await again[Symbol.asyncDispose]();
  expect(log.at(-1)).toBe('close a');
});

test('a failure is for all who wait, and is not kept', async () => {
  const { make } = createShop();
  const leases = createSharedLeases<Thing>();
  const fail = async (): Promise<Thing> => await Promise.reject(new Error('no'));
  const waiting = await Promise.allSettled([leases.acquire('a', fail), leases.acquire('a', fail)]);
  expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await leases.acquire('a', make('a'))).value.name).toBe('a');
});
