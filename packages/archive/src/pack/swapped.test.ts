import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKanikitError } from '@kanikit/spec';
import { collect, readArchive, temporaryFolder } from '@kanikit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { packFolder } from '../testing/pack-folder.ts';

// Puts a link to a folder outside of the context in the place of a folder of it and back, over and over, until its input ends.
const swapper = `
  const { renameSync } = require('node:fs');
  process.chdir(process.argv[1]);
  let isOver = false;
  process.stdin.on('end', () => { isOver = true; }).resume();
  const round = () => {
    for (let turn = 0; turn < 50; turn += 1) {
      renameSync('context/a/d', 'kept'); renameSync('link', 'context/a/d');
      renameSync('context/a/d', 'link'); renameSync('kept', 'context/a/d');
    }
    if (!isOver) setImmediate(round);
  };
  process.stdout.write('swaps');
  round();`;

test('a folder that is swapped while it is packed is an error, and never what is elsewhere', async () => {
  const folder = temporaryFolder();
  const root = join(folder, 'context');
  for (const [path, text] of [
    [join(root, 'a/d'), 'INSIDE'],
    [join(folder, 'outside'), 'OUTSIDE'],
  ] as const) {
    mkdirSync(join(path, 'sub'), { recursive: true });
    for (const name of ['x', 'y', 'sub/z']) writeFileSync(join(path, name), text);
    symlinkSync(text, join(path, 'named'));
  }
  symlinkSync('../../outside', join(folder, 'link'));
  const child = spawn(process.execPath, ['-e', swapper, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.stdin.end();
    await exited;
  });
  await once(child.stdout, 'data');
  const packed = { whole: 0, refused: 0 };
  // Each refusal is a swap in the midst of it.
  for (let round = 0; round < 200 && packed.refused < 10; round += 1) {
    try {
      const entries = await readArchive(await collect(packFolder(root)));
      const told = JSON.stringify(
        entries.map((entry) => [entry.path, entry.linkpath, entry.contents.toString()]),
      );
      expect(told).not.toContain('OUTSIDE');
      packed.whole += 1;
    } catch (error) {
      if (!isKanikitError(error)) throw error;
      expect([error.code, error.message]).toEqual(['context-changed', error.message]);
      packed.refused += 1;
    }
  }
  expect(packed.refused).toBeGreaterThan(0);
});

test.runIf(process.platform === 'linux')(
  'a link in the place of a directory above the context is an error, and never what is elsewhere',
  async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'outside/sub'), { recursive: true });
    writeFileSync(join(folder, 'outside/sub/x'), 'OUTSIDE');
    // The path was a real one when it was looked up.
    symlinkSync('outside', join(folder, 'context'));
    const packed = collect(packFolder(join(folder, 'context/sub')));
    await expect(packed).rejects.toMatchObject({ code: 'context-changed' });
  },
);
