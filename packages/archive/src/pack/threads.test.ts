import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { temporaryFolder, testRun } from '@kanikit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { noise } from '../testing/noise.ts';
import { packFolder } from '../testing/pack-folder.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Large files, which have units of their own, and small ones. */
function plant(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'small'));
  for (let index = 0; index < 8; index += 1)
    writeFileSync(join(root, `large-${index}`), noise(600_000, index));
  for (let index = 0; index < 300; index += 1)
    writeFileSync(join(root, 'small', `${index}`), `${index}`.repeat(index * 20));
  return root;
}

/** Runs a script in a process of its own; `root`, `packTree`, `tree` and `run` are there. */
function inProcess(body: string, ...flags: readonly string[]): string {
  const script = `
    import { once } from 'node:events';
    import { createHash } from 'node:crypto';
    const { packTree } = await import('./pack-tree.ts');
    const { createIgnoreMatcher } = await import('../ignore/ignore-matcher.ts');
    const threads = [];
    process.on('worker', (thread) => threads.push(once(thread, 'message')));
    // A thread that is not up yet keeps no process from its end.
    const waiting = setInterval(() => {}, 1000);
    const tree = { root: ${JSON.stringify(plant())}, matcher: createIgnoreMatcher([]), rules: '', mtime: 'zero', dockerfiles: [Buffer.from('FROM a')], hiddenNames: [] };
    const archive = packTree(tree, { cut: 'stream' }, { signal: new AbortController().signal, now: Date.now });
    ${body}`;
  const args = ['--conditions=@kanikit/source', ...flags, '--input-type=module', '-e', script];
  return execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const packAll = `
  const hash = createHash('sha256');
  for await (const part of archive.parts) {
    hash.update(await part.read());
    await Promise.all(threads);
  }
  console.log(hash.digest('hex'), threads.length);
  clearInterval(waiting);`;

test('archives are the same with threads, and where none may be started', () => {
  const [bytes, threads] = inProcess(packAll).trim().split(' ');
  expect(Number(threads)).toBeGreaterThan(0);
  expect(inProcess(packAll, '--permission', '--allow-fs-read=*')).toBe(`${bytes} 0\n`);
});

test('threads keep no process from its end', () => {
  const taken = inProcess(`
    const parts = archive.parts[Symbol.asyncIterator]();
    for (let count = 0; count < 5; count += 1) await parts.next();
    await Promise.all(threads);
    clearInterval(waiting);
    await parts.next();
    console.log(threads.length);`);
  expect(Number(taken)).toBeGreaterThan(0);
});

test('threads end with the abort, and with a taker that stops', async () => {
  const exits: Promise<unknown>[] = [];
  const see = (thread: Worker): void => void exits.push(once(thread, 'exit'));
  process.on('worker', see);
  onTestFinished(() => void process.off('worker', see));
  const root = plant();
  const stop = new AbortController();
  const aborted = packFolder(root, { options: { cut: 'stream' }, run: testRun(stop.signal) });
  let count = 0;
  const packing = (async () => {
    for await (const _part of aborted.parts) if ((count += 1) === 6) stop.abort(new Error('enough'));
  })();
  await expect(packing).rejects.toThrow('enough');
  expect(exits.length).toBeGreaterThan(0);
  for await (const _part of packFolder(root, { options: { cut: 'stream' } }).parts)
    if ((count += 1) === 12) break;
  await Promise.all(exits);
});
