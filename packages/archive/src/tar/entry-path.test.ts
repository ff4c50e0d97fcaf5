import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { quotePath } from '../errors/context-errors.ts';
import { joinedEntryPath, leadsOut, normalEntryPath } from './entry-path.ts';

const parts = ['..', '.', '', 'a', '...', 'b'];
const paths = parts.flatMap((one) =>
  parts.flatMap((two) => parts.flatMap((three) => parts.map((four) => [one, two, three, four].join('/')))),
);

test('paths of all kinds are those that posix.normalize makes', () => {
  for (const path of paths) {
    expect(normalEntryPath(path)).toBe(posix.normalize(`/${path}`).replaceAll(/^\/+|\/+$/g, ''));
    expect(leadsOut(path), path).toBe(/^\.\.(?:\/|$)/.test(posix.normalize(path)));
    const joined = posix.join(posix.dirname('x/y/link'), path);
    expect(joinedEntryPath('x/y/link', path)).toBe(normalEntryPath(joined));
  }
});

test('of a path of a megabyte its ends are quoted', () => {
  expect(quotePath(`start/${'../'.repeat(300_000)}end`)).toMatch(/^"start\/.{300,500}end"$/);
});
