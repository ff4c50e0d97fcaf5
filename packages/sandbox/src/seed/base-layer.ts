import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Header } from 'tar';

import type { MachineFile } from './machine-files.ts';

type Entry =
  | { readonly path: string; readonly type: 'Directory'; readonly mode: number }
  | { readonly path: string; readonly type: 'SymbolicLink'; readonly linkpath: string }
  | { readonly path: string; readonly type: 'File'; readonly mode: number; readonly content: Buffer };

const skeleton: readonly Entry[] = [
  ...[
    'dev',
    'etc',
    'home',
    'opt',
    'proc',
    'run',
    'sys',
    'usr',
    'usr/bin',
    'usr/local',
    'usr/local/bin',
    'var',
  ].map((path): Entry => ({ path, type: 'Directory', mode: 0o755 })),
  { path: 'root', type: 'Directory', mode: 0o700 },
  { path: 'tmp', type: 'Directory', mode: 0o1777 },
  { path: 'var/tmp', type: 'Directory', mode: 0o1777 },
  ...['bin', 'lib', 'lib64', 'sbin'].map((path): Entry => ({
    path,
    type: 'SymbolicLink',
    linkpath: path === 'sbin' ? 'usr/bin' : `usr/${path}`,
  })),
  { path: 'usr/sbin', type: 'SymbolicLink', linkpath: 'bin' },
  textFile(
    'etc/passwd',
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  ),
  textFile('etc/group', 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n'),
  textFile('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
  textFile(
    'etc/os-release',
    'ID=kanikit-base\nNAME="kanikit sandbox base"\nPRETTY_NAME="kanikit sandbox base"\n',
  ),
];

/** The image's file tree as one tar: same files in, same bytes out. Everything belongs to root and is as old as the epoch. */
export async function packBaseLayer(files: readonly MachineFile[]): Promise<Buffer> {
  const entries = new Map(skeleton.map((entry) => [entry.path, entry]));
  for (const file of files) {
    const path = file.target.slice(1);
    addFolders(entries, path);
    entries.set(path, await fileEntry(file, path));
  }
  for (const path of ['usr/lib', 'usr/lib64']) addFolders(entries, `${path}/x`);
  // Sorted, every folder comes before what is in it.
  const sorted = [...entries.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1));
  return Buffer.concat([...sorted.flatMap(encode), Buffer.alloc(1024)]);
}

async function fileEntry({ source, target, sameAs }: MachineFile, path: string): Promise<Entry> {
  // Programs for several names look at the one they are called by, which a link keeps.
  if (sameAs !== undefined) return { path, type: 'SymbolicLink', linkpath: relativeLink(sameAs, target) };
  const { mode } = await stat(source);
  return { path, type: 'File', mode: (mode & 0o111) === 0 ? 0o644 : 0o755, content: await readFile(source) };
}

function relativeLink(to: string, from: string): string {
  return dirname(to) === dirname(from) ? to.slice(dirname(to).length + 1) : to;
}

function addFolders(entries: Map<string, Entry>, path: string): void {
  const folder = dirname(path);
  if (folder === '.' || entries.has(folder)) return;
  addFolders(entries, folder);
  entries.set(folder, { path: folder, type: 'Directory', mode: 0o755 });
}

function encode(entry: Entry): Buffer[] {
  const content = entry.type === 'File' ? entry.content : Buffer.alloc(0);
  const header = new Header({
    path: entry.type === 'Directory' ? `${entry.path}/` : entry.path,
    type: entry.type,
    mode: entry.type === 'SymbolicLink' ? 0o777 : entry.mode,
    ...(entry.type === 'SymbolicLink' ? { linkpath: entry.linkpath } : {}),
    uid: 0,
    gid: 0,
    uname: 'root',
    gname: 'root',
    size: content.length,
    mtime: new Date(0),
  });
  const block = Buffer.alloc(512);
  if (header.encode(block, 0)) throw new Error(`${entry.path} is too long for a plain tar header`);
  return [block, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

function textFile(path: string, text: string): Entry {
  return { path, type: 'File', mode: 0o644, content: Buffer.from(text) };
}
