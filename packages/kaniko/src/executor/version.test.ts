import { expect, it } from 'vitest';
import { compareReleases, parseRelease } from './version.ts';

it('orders releases by number, with the early builds of the fork between', () => {
  const releases = [
    '1.25.0',
    '1.9.2',
    '1.24.0-5',
    '0.24.0',
    '1.10.0',
    '1.24.1',
    '1.24.0',
    '1.24.0-1',
    '1.9.0',
  ];
  expect(releases.sort(compareReleases).join(' ')).toBe(
    '0.24.0 1.9.0 1.9.2 1.10.0 1.24.0 1.24.0-1 1.24.0-5 1.24.1 1.25.0',
  );
});

it.each([
  ['1.24.0', '1.24.0'],
  ['v1.24.0', '1.24.0'],
  ['1.24.0-3', '1.24.0-3'],
  ['1.24', undefined],
  ['latest', undefined],
  ['1.24.0-slim', undefined],
  ['', undefined],
])('reads %j as %j', (text, release) => {
  expect(parseRelease(text)).toBe(release);
});
