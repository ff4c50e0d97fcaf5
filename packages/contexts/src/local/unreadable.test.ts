import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';

// Root may read everything, so the packing is done by a process of nobody where the tests run as root.
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** Packs in a process without rights; answers with the error's code and message, or `packed`. */
function packElsewhere(root: string): string {
  const entry = fileURLToPath(new URL('local-source.ts', import.meta.url));
  const script = `
    const { createLocalSource } = await import(${JSON.stringify(entry)});
    const run = { signal: new AbortController().signal, now: Date.now };
    try {
      const context = await createLocalSource().open({ reference: ${JSON.stringify(root)}, workingDirectory: '/' }, run);
      for await (const part of context.pack({}, run).parts) await part.read();
      process.stdout.write('packed');
    } catch (error) { process.stdout.write(error.code + ' ' + error.message); }`;
  return execFileSync(
    process.execPath,
    ['--conditions=@kanikit/source', '--input-type=module', '-e', script],
    {
      cwd: '/',
      ...(isRoot && { uid: nobody, gid: nobody }),
    },
  ).toString();
}

test.each<[what: string, make: (path: string) => void]>([
  ['file', (path) => writeFileSync(path, 'x', { mode: 0o000 })],
  ['directory', (path) => (mkdirSync(path), writeFileSync(join(path, 'f'), ''), chmodSync(path, 0o000))],
])('an unreadable %s is an error that names it, unless it is ignored', (_what, make) => {
  const root = temporaryFolder();
  chmodSync(root, 0o755);
  writeFileSync(join(root, 'Dockerfile'), '');
  make(join(root, 'locked'));
  expect(packElsewhere(root)).toMatch(/^context-unreadable .*"locked".*permission denied/);
  writeFileSync(join(root, '.dockerignore'), '*\n!Dockerfile\n');
  expect(packElsewhere(root)).toBe('packed');
  writeFileSync(join(root, '.dockerignore'), '*\n!**/none\n');
  expect(packElsewhere(root)).toBe('packed');
  chmodSync(join(root, 'locked'), 0o755);
});
