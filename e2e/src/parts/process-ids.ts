import { readdir } from 'node:fs/promises';

/** Processes of this machine. Any of them may have ended by the time it is looked at. */
export async function processIds(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}
