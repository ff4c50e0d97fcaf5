import { spawnSync } from 'node:child_process';

/** Whether `pigz` is there; installs it with apt where that is possible. Says so on stderr where it is not. */
export function findPigz(): boolean {
  if (runs('pigz', '--version')) return true;
  if (process.getuid?.() === 0 && runs('apt-get', '--version')) {
    process.stderr.write('bench: installing pigz\n');
    if (runs('apt-get', 'install', '-y', '--no-install-recommends', 'pigz')) return true;
  }
  process.stderr.write('bench: pigz is not installed and is left out\n');
  return false;
}

function runs(file: string, ...args: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}
