import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const largestListingBytes = 256 * 1024 * 1024;
const controls: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The paths of a gzip-compressed tar as GNU tar reads them, in order and in Latin-1 (a character per byte); the root is not among them. */
export async function listArchive(file: string): Promise<readonly string[]> {
  const { stdout } = await run('tar', ['-tzf', file, '--quoting-style=escape'], {
    env: { ...process.env, LC_ALL: 'C' },
    encoding: 'latin1',
    maxBuffer: largestListingBytes,
  });
  return stdout
    .split('\n')
    .map((line) => unescape(line.replace(/^\.\//, '').replace(/\/$/, '')))
    .filter((path) => path !== '' && path !== '.');
}

function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\([0-7]{3}|.)/g, (_all, escape: string) =>
    escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8)) : (controls[escape] ?? escape),
  );
}
