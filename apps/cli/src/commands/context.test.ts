import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { main } from '../main.ts';
import { createTestIo, type TestIoOptions } from '../testing/test-io.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'kanikit-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function plant(files: Readonly<Record<string, string | Buffer>>): string {
  const root = join(temporaryFolder(), 'app');
  for (const [path, content] of Object.entries({ Dockerfile: 'FROM scratch', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

async function context(args: readonly string[], options: TestIoOptions = {}) {
  const { io, out, err } = createTestIo(options);
  const code = await main(['context', ...args], io);
  return { code, out: out(), err: err() };
}

const project = () => {
  const root = plant({
    '.dockerignore': '# what is built\ndist\n**/*.log\n',
    '.env': 'TOKEN=x',
    'dist/bundle.js': Buffer.alloc(3_000_000),
    'npm-debug.log': 'x',
    'src/model.bin': Buffer.alloc(2_000_000),
    'src/app.ts': 'x'.repeat(1_500),
    'src/evil\u001b[31m\u202e.ts': '',
  });
  symlinkSync('app.ts', join(root, 'src/link'));
  return root;
};

describe('ls', () => {
  test('sums up, in 80 columns of plain characters', async () => {
    const root = project();
    const { code, out, err } = await context(['ls', root]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.replace(root, 'ROOT').split('\n');
    expect(lines).toEqual([
      'ROOT: 2.0 MB',
      '  6 files, 1 directory, 1 symbolic link',
      '',
      'largest folders:',
      '    2.0 MB  src/',
      '',
      'largest files:',
      '    2.0 MB  src/model.bin',
      '    1.5 kB  src/app.ts',
      '      30 B  .dockerignore',
      '      12 B  Dockerfile',
      '       7 B  .env',
      '',
      'ignored, 3.0 MB:',
      '    3.0 MB  .dockerignore:2  dist  (1 path)',
      '       1 B  .dockerignore:3  **/*.log  (1 path)',
      '',
      'look like secrets, and would be sent:',
      '  .env  (environment file)',
      '',
    ]);
  });

  test('warns of folders that make up most of it', async () => {
    const root = plant({
      'web/node_modules/x/index.js': Buffer.alloc(9_000_000),
      'a.js': Buffer.alloc(1_000_000),
    });
    const { out } = await context(['ls', root]);
    expect(out).toContain('warning: node_modules makes up 9.0 MB of it (90 %)\n hint: ');
  });

  test.each([
    ['--all', '     7 B  .env\n', 'dist'],
    ['--ignored', '  3.0 MB  dist/  .dockerignore:2 dist\n', '.env'],
  ])('%s lists paths', async (flag, line, absent) => {
    const { out } = await context(['ls', project(), flag]);
    expect(out).toContain(line);
    expect(out.split('\n').some((other) => other.endsWith(`  ${absent}`))).toBe(false);
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test('--json is one object, in plain characters', async () => {
    const { out } = await context(['ls', project(), '--json']);
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    const ignored = { file: '.dockerignore' };
    expect(JSON.parse(out)).toEqual({
      files: [
        { path: '.dockerignore', type: 'file', sizeBytes: 30 },
        { path: '.env', type: 'file', sizeBytes: 7 },
        { path: 'Dockerfile', type: 'file', sizeBytes: 12 },
        { path: 'src', type: 'directory', sizeBytes: 0 },
        { path: 'src/app.ts', type: 'file', sizeBytes: 1_500 },
        { path: 'src/evil\u001b[31m\u202e.ts', type: 'file', sizeBytes: 0 },
        { path: 'src/link', type: 'symlink', sizeBytes: 0 },
        { path: 'src/model.bin', type: 'file', sizeBytes: 2_000_000 },
      ],
      totals: {
        files: 6,
        directories: 1,
        symlinks: 1,
        hardlinks: 0,
        bytes: 2_001_549,
        ignoredBytes: 3_000_001,
      },
      ignored: [
        { path: 'dist', type: 'directory', sizeBytes: 3_000_000, ...ignored, line: 2, pattern: 'dist' },
        { path: 'npm-debug.log', type: 'file', sizeBytes: 1, ...ignored, line: 3, pattern: '**/*.log' },
      ],
      secrets: [{ path: '.env', kind: 'environment file' }],
    });
  });

  test('of a tar file', async () => {
    const root = plant({ 'a.txt': '12345' });
    const tar = `${root}.tar.gz`;
    execFileSync('tar', ['-czf', tar, '-C', root, '.']);
    const { files } = JSON.parse((await context(['ls', tar, '--json'])).out) as { files: { path: string }[] };
    expect(files.map(({ path }) => path).toSorted()).toEqual(['Dockerfile', 'a.txt']);
  });
});

describe('pack', () => {
  test('writes the archive to a file, and tells what it is', async () => {
    const root = plant({ 'a.txt': 'hello' });
    const file = join(dirname(root), 'out.tar.gz');
    const { code, out, err } = await context(['pack', root, '-o', file]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const [, dockerfile = ''] = /^dockerfile {2}(\S+)$/m.exec(err) ?? [];
    expect(err).toMatch(
      /^packed 2 files, 17 B into .*\ndigest {6}sha256:\w{64}\nsize {8}\d+ bytes\ndockerfile/,
    );
    const names = execFileSync('tar', ['-tzf', file]).toString();
    expect(names).toContain('a.txt\n');
    expect(names).toContain(`${dockerfile}\n`);
    expect(readdirSync(dirname(root)).toSorted()).toEqual(['app', 'out.tar.gz']);
  });

  test('--mtime keep sends times', async () => {
    const root = plant({});
    const file = join(dirname(root), 'out.tar.gz');
    const times = async (...args: string[]) => {
      await context(['pack', root, '-qo', file, ...args]);
      return execFileSync('tar', ['-tvzf', file, 'Dockerfile'], {
        env: { ...process.env, TZ: 'UTC' },
      }).toString();
    };
    expect(await times()).toContain('1970-01-01');
    expect(await times('--mtime', 'keep')).not.toContain('1970-01-01');
  });

  test('leaves the old file, and nothing of its own, when it fails', async () => {
    const root = plant({ big: Buffer.alloc(5_000_000) });
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const file = join(dirname(root), 'out.tar.gz');
    writeFileSync(file, 'old');
    const { code, err } = await context(['pack', root, '-o', file]);
    expect(code).toBe(3);
    expect(err).toContain('"pipe"');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(dirname(root)).toSorted()).toEqual(['app', 'out.tar.gz']);
  });

  test('says where it can not write', async () => {
    const { code, err } = await context(['pack', plant({}), '-o', '/no/such/folder/x.tar.gz']);
    expect(code).toBe(3);
    expect(err).toContain('Writing the archive /no/such/folder/x.tar.gz (--output): ENOENT');
  });
});

test('lifecycle prints a rule of the bucket', async () => {
  const { code, out } = await context(['lifecycle', '--bucket', 's3://builds/ci', '--keep-context', '48h']);
  expect(code).toBe(0);
  expect(JSON.stringify(JSON.parse(out))).toContain('"Days":');
});

test.each<[args: string, word: string, options?: TestIoOptions]>([
  ['', 'needs an argument'],
  ['lss .', 'Did you mean "kanikit context ls"?'],
  ['ls', 'needs a context'],
  ['ls . -o x', '--output belongs to "kanikit context pack"'],
  ['pack . --json -o x', '--json belongs to "kanikit context ls" and "kanikit context push"'],
  ['pack .', 'needs a place for the archive'],
  ['pack . -o -', 'A terminal is no place', { isTTY: true }],
  ['pack - -f - -o x', "can't both come from standard input"],
  ['push .', 'needs a bucket'],
  ['push . --bucket ftp://x', '--bucket takes s3://'],
  ['lifecycle . --bucket s3://builds', 'leave out the context'],
  ['ls /no/such', 'no/such'],
  ['ls -', 'is known only when it is read', { input: Buffer.alloc(1024) }],
])('%j ends with 2', async (args, word, options) => {
  const { code, out, err } = await context(args.split(' ').filter(Boolean), options);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(word);
});
