import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSeededRandom } from '@kanikit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startVersitygw, type Versitygw } from '../parts/versitygw.ts';
import { type KanikitCommand, makeKanikitCommand } from './kanikit-command.ts';

const program = fileURLToPath(new URL('../../../apps/cli/bin/kanikit.mjs', import.meta.url));
let kanikit: KanikitCommand;
let server: Versitygw;
let bucket: readonly string[];
let env: Readonly<Record<string, string>>;
let tree: string;

/** Forty megabytes that do not compress: seconds of work. */
beforeAll(async () => {
  [kanikit, server] = await Promise.all([makeKanikitCommand(), startVersitygw()]);
  bucket = [
    '--bucket',
    `s3://${server.bucket}/ci`,
    '--bucket-endpoint',
    server.url,
    '--bucket-region',
    server.region,
  ];
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = server.credentials;
  env = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, XDG_CACHE_HOME: join(kanikit.home, 'cache') };
  tree = join(kanikit.home, 'tree');
  mkdirSync(join(tree, 'data'), { recursive: true });
  writeFileSync(join(tree, 'Dockerfile'), 'FROM scratch\nCOPY . /\n');
  const random = createSeededRandom(7);
  for (let index = 0; index < 40; index += 1) {
    const bytes = Buffer.alloc(1_000_000);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(random.below(0x1_0000_0000), at);
    writeFileSync(join(tree, `data/f${index}`), bytes);
  }
});
afterAll(async () => {
  await Promise.all([kanikit[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
});

const ours = () => readdirSync(kanikit.home).filter((name) => name !== 'cache' && name !== 'tree');

describe('pack', () => {
  test('into a pipe that tar reads', async () => {
    const line = 'set -o pipefail; "$0" "$1" context pack "$2" -o - | tar -tzf -';
    const shell = spawn('bash', ['-c', line, process.execPath, program, tree], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [list, told, [code]] = await Promise.all([
      text(shell.stdout),
      text(shell.stderr),
      once(shell, 'close'),
    ]);
    expect(code).toBe(0);
    expect(list.split('\n')).toContain('data/f39');
    expect(told).toMatch(/\ndigest {6}sha256:\w{64}\n/);
  });

  test('gives up when the reader goes away, or the disk is full', async () => {
    const pack = kanikit.start(['context', 'pack', tree, '-o', '-']);
    pack.child.stdout?.destroy();
    const gone = await pack.ended;
    expect(gone).toMatchObject({ exitCode: 3 });
    expect(gone.stderr).toContain('error: Writing the archive to standard output: its reader went away.\n');
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [program, 'context', 'pack', tree, '-qo', '-'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    const [told, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')]);
    expect(code).toBe(3);
    expect(told).toContain('ENOSPC');
  });

  test('Ctrl-C leaves nothing', async () => {
    const pack = kanikit.start(['context', 'pack', tree, '-o', 'out.tar.gz']);
    const begun = new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (!ours().some((name) => name.startsWith('.out.tar.gz'))) return;
        clearInterval(timer);
        resolve();
      }, 5);
    });
    await begun;
    pack.child.kill('SIGINT');
    expect(await pack.ended).toMatchObject({ exitCode: 130, stdout: '', stderr: 'Interrupted.\n' });
    expect(ours()).toEqual([]);
  });
});

describe('push', () => {
  test('Ctrl-C leaves no upload behind, and the next one goes through', async () => {
    const push = kanikit.start(['context', 'push', tree, ...bucket], { env });
    await untilNotEmpty(server);
    push.child.kill('SIGINT');
    expect(await push.ended).toMatchObject({ exitCode: 130, stdout: '', stderr: 'Interrupted.\n' });
    expect((await server.list()).filter((key) => key.startsWith('upload '))).toEqual([]);
  });

  test('tells where it is and what was sent; what is there is not sent again', async () => {
    const push = async (...more: readonly string[]) =>
      await kanikit.run(['context', 'push', tree, ...bucket, ...more], { env });
    const first = await push('--json');
    expect(first).toMatchObject({ exitCode: 0 });
    const sent = JSON.parse(first.stdout) as Record<string, unknown>;
    expect(Object.keys(sent)).toEqual([
      'location',
      'digest',
      'sizeBytes',
      'sentBytes',
      'reusedBytes',
      'dockerfile',
    ]);
    expect(sent['sizeBytes']).toBeGreaterThan(40_000_000);
    expect(sent['location']).toContain(`s3://${server.bucket}/ci/`);

    const again = await push();
    expect(again.stdout).toContain('sent        nothing: all 40 MB were in the bucket already\n');
    expect(again.stdout).toContain(`digest      ${String(sent['digest'])}\n`);

    writeFileSync(join(tree, 'data/f0'), 'changed');
    const changed = JSON.parse((await push('--json')).stdout) as Record<
      'sentBytes' | 'reusedBytes',
      number
    > & { digest: string };
    expect(changed.sentBytes).toBeLessThan(changed.reusedBytes);
    expect(changed.digest).not.toBe(sent['digest']);
  });

  test('a bucket that is not there, and a key that is wrong', async () => {
    const other = bucket.map((arg) => arg.replace(`s3://${server.bucket}`, 's3://other-bucket'));
    const missing = await kanikit.run(['context', 'push', tree, ...other], { env });
    expect(missing).toMatchObject({ exitCode: 3, stdout: '' });
    expect(missing.stderr).toMatch(/^error: .*other-bucket/);
    const denied = await kanikit.run(['context', 'push', tree, ...bucket], {
      env: { ...env, AWS_SECRET_ACCESS_KEY: 'wrong-secret-key' },
    });
    expect(denied.exitCode).toBe(3);
    expect(denied.stderr).not.toContain('wrong-secret-key');
  });
});

async function untilNotEmpty({ list }: Versitygw): Promise<void> {
  while ((await list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('what ls lists is what tar finds in what pack packs', async () => {
  const packed = join(kanikit.home, 'packed.tar.gz');
  await kanikit.run(['context', 'pack', tree, '-o', packed]);
  const { stdout } = await kanikit.run(['context', 'ls', tree, '--json']);
  const { files } = JSON.parse(stdout) as { files: { path: string; type: string }[] };
  const names = execFileSync('tar', ['-tzf', packed])
    .toString()
    .split('\n')
    .filter((name) => name !== '' && name !== './' && !name.startsWith('.kanikit.'));
  expect(files.map(({ path, type }) => (type === 'directory' ? `${path}/` : path))).toEqual(names);
});
