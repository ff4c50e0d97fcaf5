import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { displayPath, isTestFile, publicPackages, root } from './workspace-packages.ts';

const documented = new Set(
  ['errors.md', 'failures.md']
    .map((name) => join(root, 'docs', name))
    .filter((path) => existsSync(path))
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/^\|([^|]+)\|/gm)])
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z0-9-]+)`/g)].map(([, code = '']) => code)),
);

const used = publicPackages.flatMap(({ sources }) =>
  sources
    .filter((path) => !isTestFile(path))
    .flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bcode: ([^,;\n]*)/g)].flatMap(([, value = '']) =>
        [...value.matchAll(/(?:^|[?:] )'([a-z0-9]+(?:-[a-z0-9]+)*)'/g)].map(([, code = '']) => ({
          code,
          path,
        })),
      ),
    ),
);

it('every code of an error or warning is on a page of its own: docs/errors.md, or docs/failures.md for the executor’s', () => {
  const missing = used.filter(({ code }) => !documented.has(code));
  expect(missing.map(({ code, path }) => `${code} (${displayPath(path)})`)).toEqual([]);
});

it('docs/errors.md has no code that is gone', () => {
  const text = publicPackages
    .flatMap(({ sources }) => sources.filter((path) => !isTestFile(path)))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  // A code may be put together: `${keyword}-${name}-ignored`.
  const gone = [...documented].filter(
    (code) => !text.includes(`'${code}'`) && !/^(?:copy|add)-\w+-ignored$/.test(code),
  );
  expect(gone).toEqual([]);
});

it('the type of codes has those of the pages and no others', () => {
  const typed = ['error-codes.ts', 'failure-codes.ts']
    .map((name) => readFileSync(join(root, 'packages/spec/src', name), 'utf8'))
    .flatMap((source) => [...source.matchAll(/^  \| '([^']+)'/gm)].map(([, code = '']) => code));
  expect(typed.toSorted()).toEqual([...documented].toSorted());
});
