import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importsOf, packageOf } from './imports.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanikit-imports-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  [`import { a } from 'x';`, { specifier: 'x', isDynamic: false, isTypeOnly: false, names: ['a'] }],
  [`import a, { type B, c as d } from './x.ts';`, { specifier: './x.ts', names: ['c'], isTypeOnly: false }],
  [`import * as a from "x/y";`, { specifier: 'x/y', isTypeOnly: false }],
  [`import 'x';`, { specifier: 'x', isDynamic: false }],
  [`import type { A } from 'x';`, { specifier: 'x', isTypeOnly: true }],
  [`export type { A } from 'x';`, { specifier: 'x', isTypeOnly: true }],
  [`export {\n  a,\n  type B,\n} from 'x';`, { specifier: 'x', names: ['a'], isTypeOnly: false }],
  [`export * from 'x';`, { specifier: 'x' }],
  [`const a = await import('x');`, { specifier: 'x', isDynamic: true }],
  [`type A = typeof import('x');`, { specifier: 'x', isDynamic: true }],
])('reads %s', (text, expected) => {
  const path = join(folder, `${expected.specifier.replace(/\W/g, '')}-${text.length}.ts`);
  writeFileSync(path, `${text}\nexport const z = 1;\n`);
  expect(importsOf(path)).toEqual([expect.objectContaining(expected)]);
});

it('reads several in a row', () => {
  const path = join(folder, 'several.ts');
  writeFileSync(
    path,
    `import { a } from 'a';\nimport b from 'b';\nexport const c = [a, b];\nexport { d } from 'd';\n`,
  );
  expect(importsOf(path).map(({ specifier }) => specifier)).toEqual(['a', 'b', 'd']);
});

it.each([
  ['x', 'x'],
  ['x/y', 'x'],
  ['@a/b', '@a/b'],
  ['@a/b/c/d', '@a/b'],
])('%s is of the package %s', (specifier, name) => {
  expect(packageOf(specifier)).toBe(name);
});
