import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalSource } from '@kanikit/contexts/local';
import type { ArchiveContext, ContextStore, RemoteContext, RunContext, StoredContext } from '@kanikit/spec';
import { expect } from 'vitest';
import { fetchWithExecutor, type ExecutorVersion } from '../contexts/fetch-with-executor.ts';

/** A directory with a Dockerfile and a file that does not compress, large enough for several parts. */
export interface SampleContext {
  readonly folder: string;
  readonly sha256: string;
  readonly context: ArchiveContext;
  /** The same as a tar, compressed or not. */
  tar(flag: '-cz' | '-c'): Promise<Buffer>;
}

export async function makeSampleContext(folder: string, sizeBytes: number): Promise<SampleContext> {
  await mkdir(folder, { recursive: true });
  const data = randomBytes(sizeBytes);
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY data /out/\n');
  await writeFile(join(folder, 'data'), data);
  const context = await createLocalSource().open(
    { reference: folder, dockerfile: undefined, workingDirectory: folder, contextSubPath: undefined },
    testRun(),
  );
  if (context.kind !== 'archive') throw new Error('a directory is packed');
  return {
    folder,
    context,
    sha256: createHash('sha256').update(data).digest('hex'),
    tar: async (flag) => {
      const file = `${folder}.tar`;
      execFileSync('tar', [flag, '-f', file, '-C', folder, 'Dockerfile', 'data']);
      return await readFile(file);
    },
  };
}

/** Uploads the context as a run does, by a delivery that the store offers. */
export async function uploadContext(
  store: ContextStore,
  { context }: SampleContext,
  delivery: 'signed-url' | 'bucket-url',
): Promise<StoredContext> {
  const { possible, reasons } = await store.deliveries(undefined, testRun());
  expect(possible, JSON.stringify(reasons)).toContain(delivery);
  const build = { runId: 'run-x', buildIds: ['build'], lifetimeMs: 600_000, keepMs: undefined };
  return await store.upload(context.pack({}, testRun()), { ...build, delivery }, testRun());
}

/** The real executor builds the sample from what it fetches itself. */
export async function expectBuilt(
  { sha256 }: SampleContext,
  { delivery, ...file }: Pick<RemoteContext, 'delivery' | 'dockerfile' | 'dockerfileContents'>,
  version: ExecutorVersion,
): Promise<void> {
  const signal = AbortSignal.timeout(120_000);
  const outcome = await fetchWithExecutor({ version, delivery, ...file, signal });
  if (!outcome.isBuilt) throw new Error(outcome.log);
  expect(outcome.image).toContainEqual(expect.objectContaining({ path: 'out/data', sha256 }));
}

export function testRun(): RunContext {
  return { signal: AbortSignal.timeout(120_000), now: Date.now };
}
