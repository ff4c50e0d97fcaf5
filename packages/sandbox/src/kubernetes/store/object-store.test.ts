import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ApiObject } from '../objects.ts';
import { openObjectStore } from './object-store.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kanikit-store-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function secret(name: string, data = 'x'): ApiObject {
  const metadata = { name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'Secret', metadata, data };
}

/** Writes until it is killed, saying each version once the write has returned. */
const writer = `
  const { openObjectStore } = await import(process.argv[1]);
  const store = openObjectStore({ folder: process.argv[2], compactBytes: 20_000 });
  for (let index = 0; ; index += 1) {
    const metadata = { name: 'n' + (index % 50), namespace: 'default', uid: 'u', resourceVersion: '', creationTimestamp: '' };
    const object = { apiVersion: 'v1', kind: 'Secret', metadata, data: 'v'.repeat(index % 300) + index };
    const done = index % 7 === 6 ? store.remove('secrets', object) : store.put('secrets', object);
    if (done) process.stdout.write(JSON.stringify([done.metadata.resourceVersion, metadata.name, index % 7 === 6]) + '\\n');
    if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }`;

test('what was written is there after kill -9, and versions never go back', async () => {
  let version = 0;
  const last = new Map<string, readonly [version: string, isRemoved: boolean]>();
  for (let round = 0; round < 4; round += 1) {
    const module = new URL('./object-store.ts', import.meta.url).href;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', writer, module, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.length > 20_000 * (round + 1)) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    for (const line of text.split('\n').slice(0, -1)) {
      const [written, name, isRemoved] = JSON.parse(line) as [string, string, boolean];
      expect(Number(written)).toBeGreaterThan(version);
      version = Number(written);
      last.set(name, [written, isRemoved]);
    }
    const store = openObjectStore({ folder });
    expect(store.version()).toBeGreaterThanOrEqual(version);
    for (const [name, [written, isRemoved]] of last) {
      const found = store.get('secrets', 'default', name)?.metadata.resourceVersion;
      // The process may have got on a little after the last line that came out.
      if (found === undefined ? isRemoved : Number(found) >= Number(written)) continue;
      expect(store.version()).toBeGreaterThan(version);
    }
    version = store.version();
    store.close();
  }
});

test('a torn last line is cut off, and writing goes on', () => {
  const first = openObjectStore({ folder });
  first.put('secrets', secret('a'));
  first.put('secrets', secret('b'));
  first.close();
  const path = join(folder, 'journal.jsonl');
  truncateSync(path, statSync(path).size - 5);
  appendFileSync(path, '');
  const second = openObjectStore({ folder });
  expect(second.list('secrets').map(({ metadata }) => metadata.name)).toEqual(['a']);
  second.put('secrets', secret('c'));
  second.close();
  const third = openObjectStore({ folder });
  expect(third.list('secrets').map(({ metadata }) => metadata.name)).toEqual(['a', 'c']);
  third.close();
});

test('compacts, and keeps the window of changes', () => {
  const store = openObjectStore({ folder, compactBytes: 2000 });
  for (let index = 0; index < 100; index += 1) store.put('secrets', secret('a', String(index)));
  expect(statSync(join(folder, 'journal.jsonl')).size).toBeLessThan(2500);
  expect(readFileSync(join(folder, 'snapshot.jsonl'), 'utf8')).toContain('"version"');
  expect(store.changesSince(50)).toHaveLength(50);
  store.close();
  const again = openObjectStore({ folder });
  expect(again.version()).toBe(100);
  expect(again.get('secrets', 'default', 'a')).toMatchObject({ data: '99' });
  again.close();
});

test('listeners that write see every change in order', () => {
  const store = openObjectStore({ folder });
  const seen: number[] = [];
  store.subscribe(({ type, object }) => {
    if (type === 'ADDED' && object.metadata.name === 'a') store.put('secrets', secret('b'));
  });
  store.subscribe(({ version }) => seen.push(version));
  store.put('secrets', secret('a'));
  expect(seen).toEqual([1, 2]);
  store.close();
});

/** Writes until it can't, then says how much there is. */
const filler = `
  const { openObjectStore } = await import(process.argv[1]);
  const store = openObjectStore({ folder: process.argv[2] });
  for (let index = 0; ; index += 1) {
    const metadata = { name: 'n' + index, namespace: 'default', uid: 'u', resourceVersion: '', creationTimestamp: '' };
    try {
      store.put('secrets', { apiVersion: 'v1', kind: 'Secret', metadata, data: 'x'.repeat(300) });
    } catch (error) {
      process.stdout.write(error.code + ' ' + index + ' ' + store.list('secrets').length);
      break;
    }
  }`;

test('a full disk refuses a write and keeps all others', async () => {
  const module = new URL('./object-store.ts', import.meta.url).href;
  // With the signal ignored, a write beyond the limit fails as on a full disk.
  const shell = `trap '' XFSZ; ulimit -f 16; exec "$@"`;
  const args = ['-c', shell, 'sh', process.execPath, '--input-type=module', '--eval', filler, module, folder];
  const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [code, written, listed] = (await text(child.stdout)).split(' ');
  expect(['EFBIG', 'ENOSPC']).toContain(code);
  expect(listed).toBe(written);
  const store = openObjectStore({ folder });
  expect(store.list('secrets')).toHaveLength(Number(written));
  store.put('secrets', secret('again'));
  store.close();
  const reopened = openObjectStore({ folder });
  expect(reopened.list('secrets')).toHaveLength(Number(written) + 1);
  reopened.close();
});
