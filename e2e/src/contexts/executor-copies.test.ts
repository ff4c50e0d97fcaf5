import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  createReadStream,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildWithExecutor } from './build-with-executor.ts';
import { fetchWithExecutor } from './fetch-with-executor.ts';
import type { ImageEntry } from './image-entries.ts';
import { openDirectory, openTar, packContext } from './open-context.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'kanikit-e2e-contexts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function write(root: string, files: Readonly<Record<string, string>>): string {
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
  }
  return root;
}

async function build(root: string, dockerfile?: string): Promise<readonly ImageEntry[]> {
  const readStdin = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from(copyAll);
  };
  const context = await openDirectory(root, { dockerfile, readStdin });
  return await buildWithExecutor({ context, signal: AbortSignal.timeout(60_000) });
}

const pathsOf = (entries: readonly ImageEntry[]): string[] => entries.map((entry) => entry.path);

const copyAll = 'FROM scratch\nCOPY . /out/\n';
const tree = {
  Dockerfile: copyAll,
  'a/b/c/x.txt': 'x',
  'a/b/y.log': 'y',
  'm/n/node_modules/p/i.js': 'i',
  'node_modules/q.js': 'q',
  'z.txt': 'z',
};

// What docker keeps; the executor's own reading of the same rules is wrong in most of these.
test.each<[why: string, ignore: string, kept: string[]]>([
  [
    'nothing ignored',
    '',
    ['Dockerfile', 'a/b/c/x.txt', 'a/b/y.log', 'm/n/node_modules/p/i.js', 'node_modules/q.js', 'z.txt'],
  ],
  ['a name at any depth', '**/node_modules/', ['Dockerfile', 'a/b/c/x.txt', 'a/b/y.log', 'm/n', 'z.txt']],
  ['a child of an ignored directory', '*\n!a/b/c', ['a/b/c/x.txt']],
  ['an exception by wildcard', '**\n!**/*.log', ['a/b/y.log']],
  ['the Dockerfile', 'Dockerfile\n**/node_modules\na', ['m/n', 'z.txt']],
  ['the last rule wins', 'a\n!a/b\na/b/c\n*.txt\nm\nnode_modules', ['Dockerfile', 'a/b/y.log']],
])('the image has what docker would copy: %s', async (_why, ignore, kept) => {
  const root = write(temporaryFolder(), { ...tree, '.dockerignore': ignore });
  const expected = new Set(['out']);
  const own = ignore.includes('*\n') ? [] : ['.dockerignore'];
  for (const path of [...kept, ...own]) {
    const parts = path.split('/');
    for (let end = 1; end <= parts.length; end += 1) expected.add(`out/${parts.slice(0, end).join('/')}`);
  }
  expect(pathsOf(await build(root))).toEqual([...expected].toSorted());
});

test("the Dockerfile's own ignore file is copied as docker does, and what was put in never is", async () => {
  const files = {
    'ci/Dockerfile': copyAll,
    'ci/Dockerfile.dockerignore': '*.txt',
    '.dockerignore': 'ci',
    k: '',
    'z.txt': '',
  };
  const root = write(temporaryFolder(), files);
  const expected = [
    'out',
    'out/.dockerignore',
    'out/ci',
    'out/ci/Dockerfile',
    'out/ci/Dockerfile.dockerignore',
    'out/k',
  ];
  expect(pathsOf(await build(root, 'ci/Dockerfile'))).toEqual(expected);
});

test('a Dockerfile on standard input is not in the image', async () => {
  const root = write(temporaryFolder(), { k: 'k' });
  expect(pathsOf(await build(root, '-'))).toEqual(['out', 'out/k']);
});

test('wildcards see the files of the context only, and names that were put in hide nothing in other stages', async () => {
  const dockerfile = [
    'FROM scratch AS first',
    'COPY k /context.tar.gz',
    'COPY k /Dockerfile.dockerignore',
    'FROM scratch',
    'COPY * /all/',
    'COPY --from=first /context.tar.gz /Dockerfile.dockerignore /other/',
  ].join('\n');
  const root = write(temporaryFolder(), { Dockerfile: dockerfile, k: 'k' });
  const expected = [
    'all',
    'all/Dockerfile',
    'all/k',
    'other',
    'other/Dockerfile.dockerignore',
    'other/context.tar.gz',
  ];
  expect(pathsOf(await build(root))).toEqual(expected);
});

test('links, empty directories and permissions arrive, and the target is open to all', async () => {
  const root = write(temporaryFolder(), { Dockerfile: copyAll, k: 'k' });
  mkdirSync(join(root, 'empty'), { mode: 0o751 });
  symlinkSync('/absolute', join(root, 'link'));
  symlinkSync('dangling', join(root, 'link2'));
  linkSync(join(root, 'k'), join(root, 'same'));
  writeFileSync(join(root, 'run'), '', { mode: 0o755 });
  const entries = await build(root);
  expect(entries).toMatchObject([
    { path: 'out', type: 'Directory', mode: 0o755 },
    { path: 'out/Dockerfile' },
    { path: 'out/empty', type: 'Directory', mode: 0o751 },
    { path: 'out/k', type: 'File' },
    { path: 'out/link', type: 'SymbolicLink' },
    { path: 'out/link2', type: 'SymbolicLink' },
    { path: 'out/run', mode: 0o755 },
    { path: 'out/same' },
  ]);
});

test.each(['1.24.0', '1.9.2'] as const)(
  'names that are long or not UTF-8, and all modes, arrive in %s',
  async (version) => {
    const root = write(temporaryFolder(), { Dockerfile: copyAll });
    const long = `${'l'.repeat(255)}/${'m'.repeat(255)}/${'n'.repeat(101)}`;
    write(root, { [long]: 'long' });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/b`), Buffer.of(0xff, 0xc3)]), 'bytes');
    const modes = [0o400, 0o4755, 0o2711, 0o666];
    for (const mode of modes) {
      writeFileSync(join(root, `mode-${mode}`), '');
      chmodSync(join(root, `mode-${mode}`), mode);
    }
    const context = await openDirectory(root);
    const image = await buildWithExecutor({ context, version, signal: AbortSignal.timeout(60_000) });
    const found = Object.fromEntries(image.map(({ path, mode }) => [path, mode]));
    expect(found).toMatchObject(Object.fromEntries(modes.map((mode) => [`out/mode-${mode}`, mode])));
    expect(pathsOf(image)).toContain(`out/${long}`);
    expect(pathsOf(image).filter((path) => path.startsWith('out/b'))).toHaveLength(1);
  },
);

test.each(['1.24.0', '1.9.2'] as const)(
  'a link that leads to itself makes %s leave out files, and it says so only in its log: contexts with one are refused',
  async (version) => {
    const root = write(temporaryFolder(), { Dockerfile: copyAll, before: '', zzz: '' });
    symlinkSync('loop', join(root, 'loop'));
    const tar = join(temporaryFolder(), 'loop.tar.gz');
    execFileSync('tar', ['-czf', tar, '-C', root, '.']);
    for (const context of [await openDirectory(root), await openTar(tar)]) {
      await expect(packContext(context, 'stream')).rejects.toMatchObject({ code: 'context-link-circular' });
    }
    const outcome = await fetchWithExecutor({
      version,
      delivery: { archive: createReadStream(tar), isClosedBehind: true },
      dockerfile: 'Dockerfile',
      signal: AbortSignal.timeout(60_000),
    });
    expect(outcome.log).toContain("Couldn't eval /out/loop with link /out/loop");
    expect(outcome.isBuilt && pathsOf(outcome.image)).not.toContain('out/zzz');
  },
);
