import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KanikitOptions } from '@kanikit/sdk';
import { create } from 'tar';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { writeContext } from '../builds/sample-context.ts';
import type { Fault } from '../parts/fault.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';
import { type HttpsFiles, startHttpsFiles } from '../parts/https-files.ts';
import { type DeliveryLab, startDeliveryLab } from './delivery-lab.ts';

// A tar on a web server with an authority of its own: fetched by the real executor, or by this machine and streamed.

const secret = 'sig=5ecret';
let lab: DeliveryLab;
let files: HttpsFiles;
let proxy: FaultProxy;
beforeAll(async () => {
  lab = await startDeliveryLab();
  const tree = await writeContext(lab.sandbox.scratch, 'tree', {
    Dockerfile: 'ARG BASE\nFROM ${BASE}\nCOPY a /a\nRUN test -f /a\n',
    a: Buffer.alloc(2_000_000, 'kanikit'),
  });
  const folder = join(lab.sandbox.scratch, 'files');
  await mkdir(folder);
  for (const gzip of [true, false]) {
    await create({ cwd: tree, gzip, file: join(folder, gzip ? 'a.tar.gz' : 'a.tar') }, ['Dockerfile', 'a']);
  }
  await writeFile(join(folder, 'notes.tar.gz'), 'not an archive');
  files = await startHttpsFiles(folder, { authority: lab.authority });
  proxy = await startFaultProxy({
    target: files.url,
    authority: lab.authority.certificate,
    certificate: await lab.authority.issue(['127.0.0.1']),
  });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await files[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(() => proxy.forget());

const trusting = (): Partial<KanikitOptions> => ({
  access: { https: { certificateAuthorities: lab.authority.certificate } },
  store: undefined,
});
const urlOf = (name: string): string => `${proxy.url}/${name}?${secret}`;

test.each([
  ['a.tar.gz', 'executor'],
  ['a.tar.gz', 'client'],
  ['a.tar', 'auto'],
] as const)('%s, fetched by %s', async (name, contextFetch) => {
  const { failure, left, told } = await lab.run({ context: urlOf(name), contextFetch }, trusting());
  expect(failure).toBeUndefined();
  expect(left).toEqual([]);
  expect(told(secret)).toEqual([]);
});

const isWhole = (request: { method: string; headers: { range?: string | undefined } }): boolean =>
  request.method === 'GET' && request.headers.range === undefined;

test.each<[what: string, name: string, fault: Fault | undefined, code: RegExp]>([
  ['an archive that is missing', 'none.tar.gz', undefined, /^context-missing$/],
  ['something that is no archive', 'notes.tar.gz', undefined, /^context-(archive|format|unsupported)/],
  ['a link that has expired', 'a.tar.gz', { kind: 'answer', status: 403 }, /^context-denied$/],
  [
    'a server that is busy',
    'a.tar.gz',
    { kind: 'answer', status: 503 },
    /^context-(?:unreadable|broken-off)$/,
  ],
  ['a server that hangs up', 'a.tar.gz', { kind: 'drop' }, /^context-(?:unreachable|broken-off)$/],
  [
    'a server that stops in the middle',
    'a.tar.gz',
    { kind: 'cut', of: 'response', afterBytes: 900 },
    /^context-/,
  ],
])('%s fails the build, whoever fetches', async (_what, name, fault, code) => {
  for (const contextFetch of ['executor', 'client'] as const) {
    proxy.forget();
    if (fault !== undefined) proxy.add({ when: isWhole, fault, times: 99 });
    const delivered = await lab.run({ context: urlOf(name), contextFetch }, trusting());
    expect(delivered.failure?.code, contextFetch).toMatch(code);
    expect(delivered.failure?.hint ?? '').not.toBe('');
    expect(delivered.left).toEqual([]);
    expect(delivered.told(secret), contextFetch).toEqual([]);
  }
});
