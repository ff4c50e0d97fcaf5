import { execFileSync } from 'node:child_process';
import { linkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext, ContextEntry } from '@kanikit/spec';
import { plantFiles, readArchive, temporaryFolder, testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createTarSource } from '../tar/index.ts';
import { createLocalSource } from './local-source.ts';

const packTypes: Readonly<Record<string, ContextEntry['type']>> = {
  File: 'file',
  Directory: 'directory',
  SymbolicLink: 'symlink',
  Link: 'hardlink',
};

async function packedEntries(context: ArchiveContext) {
  const packed = context.pack({}, testRun());
  const pieces: Uint8Array[] = [];
  for await (const part of packed.parts) pieces.push(await part.read());
  return (await readArchive(Buffer.concat(pieces)))
    .filter((entry) => !entry.path.startsWith('.kanikit.'))
    .map(({ path, type, contents }) => ({
      path: path.replace(/^\.\//, ''),
      type: packTypes[type],
      sizeBytes: contents.length,
    }));
}

test.each(['', 'd\n!d/*/1', '**/2\n!a/2', '*\n!c', 'a/**\n!**/0'])(
  'the list is what is packed, from a directory and from a tar of it, with rules %j',
  async (rules) => {
    const names = ['a', 'b/x', 'c/y/z', 'd/e', 'ümläut', `${'long'.repeat(40)}/q`];
    const root = plantFiles(
      Object.fromEntries(
        names.flatMap((name) => [0, 1, 2].map((index) => [`${name}/${index}`, name.repeat(index)])),
      ),
    );
    writeFileSync(join(root, 'Dockerfile'), 'FROM scratch');
    writeFileSync(join(root, '.dockerignore'), rules);
    linkSync(join(root, 'a/1'), join(root, 'c/1'));
    symlinkSync('a', join(root, 'link'));
    const request = {
      reference: root,
      dockerfile: undefined,
      workingDirectory: '/',
      contextSubPath: undefined,
    };
    const local = (await createLocalSource().open(request, testRun())) as ArchiveContext;
    const listed = await Array.fromAsync(local.list?.({}, testRun()) ?? []);
    expect(listed).toEqual(await packedEntries(local));
    expect(listed.length).toBeGreaterThan(1);

    const tar = join(temporaryFolder(), 'x.tar');
    execFileSync('tar', ['-cf', tar, '-C', root, '.']);
    const archive = (await createTarSource().open(
      { ...request, reference: tar },
      testRun(),
    )) as ArchiveContext;
    const inTar = await Array.fromAsync(archive.list?.({}, testRun()) ?? []);
    expect(inTar).toEqual(await packedEntries(archive));
  },
);
