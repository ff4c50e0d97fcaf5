import { join } from 'node:path';
import type { BuildResult, Kanikit, KanikitEvent, RunResult } from '@kanikit/sdk';
import { expect } from 'vitest';
import { writeContext } from '../builds/sample-context.ts';
import { digestInRegistry } from '../parts/digest-in-registry.ts';
import type { DisturbedBuilds } from './disturbed-builds.ts';

/** What a build of these tests is made of. */
export interface PlayedContext {
  /** Folder for contexts. */
  readonly folder: string;
  /** Of its one `RUN`, after `echo ran`. */
  readonly command: string;
  /** A file of the context. */
  readonly data: Uint8Array;
}

/** A build that has ended, with all that was told of it. */
export interface PlayedBuild {
  readonly image: string;
  readonly run: RunResult;
  readonly build: BuildResult;
  readonly events: readonly KanikitEvent[];
}

let count = 0;

/** Builds a local directory to its end, whatever that is, and closes the client. */
export async function playBuild(
  kanikit: Kanikit,
  { images, place }: DisturbedBuilds,
  { folder, command, data }: PlayedContext,
): Promise<PlayedBuild> {
  count += 1;
  const name = `app-${count}`;
  const image = `${images}${name}:1`;
  const dockerfile = `FROM ${place.baseImage}\nCOPY data /data\nRUN echo ran && ${command}\n`;
  const context = await writeContext(join(folder, name), 'context', { Dockerfile: dockerfile, data });
  const run = kanikit.start({ context, destinations: [image] });
  const events: KanikitEvent[] = [];
  try {
    for await (const event of run.events) events.push(event);
  } finally {
    await kanikit.close();
  }
  const result = await run.result;
  const [build] = result.builds;
  if (build === undefined) throw new Error('a run without a build');
  return { image, run: result, build, events };
}

/** It succeeded, and the registry has the image. */
export async function expectBuilt({ image, build }: PlayedBuild, { place }: DisturbedBuilds): Promise<void> {
  expect([build.outcome, build.failure]).toEqual(['succeeded', undefined]);
  const [repository = '', tag = ''] = image.slice(place.registry.length + 1).split(':');
  expect(build.digest).toMatch(/^sha256:/);
  expect(build.digest).toBe(await digestInRegistry(place, repository, tag));
}

/** It failed, by what its `RUN` did. */
export function expectFailedRun({ build }: PlayedBuild): void {
  expect(build).toMatchObject({ outcome: 'failed', exitCode: 7, digest: undefined });
  expect(build.failure).toMatchObject({ code: 'run-failed', isRetryable: false });
}

/** Its `RUN` ran once, in the one pod that there ever was. */
export function expectOnePod({ build, events }: PlayedBuild, { api }: DisturbedBuilds): void {
  // Why there was another says more than that there was.
  expect(build.attempts.map(({ number, failure }) => [number, failure])).toEqual([[1, build.failure]]);
  const created = events.flatMap((event) => (event.type === 'pod-create' ? [event.pod] : []));
  const deleted = api.requests.flatMap(({ method, path }) =>
    method === 'DELETE' ? (/\/pods\/([^/?]+)/.exec(path)?.slice(1) ?? []) : [],
  );
  expect(created).toHaveLength(1);
  expect([...new Set(deleted)]).toEqual(created);
  expect(events.filter((event) => event.type === 'output' && event.text === 'ran')).toHaveLength(1);
}
