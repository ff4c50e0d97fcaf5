import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from './commands.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Of kubectl, oc and the executor. */
const foreign = new Set([
  'overwrite',
  'show-labels',
  'compressed-caching',
  'snapshot-mode',
  'single-snapshot',
  'verbosity',
  'dryrun',
  'push-ignore-immutable-tag-errors',
]);

test('every flag that a hint of the cluster or the engine names exists', () => {
  const known = new Set(commands.flatMap(({ flags }) => Object.keys(flags)));
  const files = globSync('packages/{kubernetes,core}/src/{explain,doctor,launch,check,runner}/*.ts', {
    cwd: root,
  });
  const named = files
    .filter((file) => !file.includes('.test'))
    .flatMap((file) =>
      [...readFileSync(root + file, 'utf8').matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(([, flag = '']) => ({
        file,
        flag,
      })),
    );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ flag }) => !known.has(flag) && !foreign.has(flag))).toEqual([]);
});
