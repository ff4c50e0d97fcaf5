import { posix } from 'node:path';

/** What a mount would hide: paths that must not be mounted over themselves; what lies below them may be, but for the program. */
const hidden: Readonly<Record<string, string>> = {
  '/': 'everything, the executor included',
  '/kaniko': 'the executor itself',
  '/kaniko/executor': 'the executor itself',
  '/kaniko/ssl': "the executor's certificates",
  '/kaniko/ssl/certs': "the executor's certificates",
  '/workspace': "the executor's working directory",
  '/dev': 'the devices',
  '/dev/termination-log': 'the file the digest is written to',
  '/proc': 'what the kernel tells of processes',
  '/sys': 'what the kernel tells of the machine',
};

/** Folders of nearly every image: Kaniko leaves what is mounted out of the image, and can't unpack what is below. */
const imageFolders = new Set([
  'bin',
  'boot',
  'etc',
  'lib',
  'lib32',
  'lib64',
  'opt',
  'root',
  'sbin',
  'usr',
  'var',
]);

/** Why nothing may be mounted there in the executor's container; undefined where it may. */
export function checkMountPath(path: string): string | undefined {
  const plain = posix.resolve('/', path);
  const what = hidden[plain];
  if (what !== undefined) return `would hide ${what}; mount it elsewhere, for example below /kaniko/`;
  const [, first = '', second] = plain.split('/');
  if (second !== undefined || !imageFolders.has(first)) return undefined;
  return `would keep ${plain} of the image from being built: Kaniko leaves out what is mounted; mount it elsewhere, for example below /kaniko/`;
}
