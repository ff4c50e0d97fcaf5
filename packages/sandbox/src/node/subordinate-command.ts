import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { toolPath } from './host-tools.ts';
import type { IdMap, Isolation } from './isolation.ts';

type WriteMap = (program: 'newuidmap' | 'newgidmap', pid: number, map: IdMap) => Promise<void>;

/** Runs a program as root of a user namespace with this user's sub-ids: it can reach files that a build's other users own. */
export async function runAsSubordinates(
  command: readonly string[],
  isolation: Extract<Isolation, { kind: 'user' }>,
  writeMap: WriteMap,
  signal: AbortSignal,
): Promise<{ readonly exitCode: number; readonly errorTail: string }> {
  const wait = 'echo map >&3; read go <&4; exec "$@"';
  const child = spawn('unshare', ['--user', 'sh', '-c', wait, 'sh', ...command], {
    env: { PATH: toolPath, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    signal,
  });
  let errors = '';
  (child.stderr as Readable).on('data', (chunk) => {
    errors = (errors + String(chunk)).slice(-4096);
  });
  (child.stdio[3] as Readable).once('data', () => {
    void (async () => {
      await writeMap('newuidmap', child.pid ?? 0, isolation.uidMap);
      await writeMap('newgidmap', child.pid ?? 0, isolation.gidMap);
      (child.stdio[4] as Writable).end('go\n');
    })().catch((error: unknown) => {
      errors += String(error);
      child.kill('SIGKILL');
    });
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? 137, errorTail: errors.trim() }));
  });
}
