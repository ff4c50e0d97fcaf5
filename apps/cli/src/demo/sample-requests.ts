import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildRequest } from '@kanikit/spec';

/** Files of the generated context, and files its ignore file leaves out. */
const fileCount = 4_000;
const ignoredCount = 400;
const filesPerFolder = 100;

/** The sample whose `RUN` fails on purpose. */
export const failingSample = 'failing';

export interface DemoPlace {
  /** `host:port` of the sandbox's registry. */
  readonly registry: string;
  readonly baseImage: string;
  /** Folder for the generated context. */
  readonly scratch: string;
}

/** Samples that need nothing of each other: they build side by side. */
export function firstSamples(place: DemoPlace): readonly BuildRequest[] {
  return [
    sample('hello', place),
    sample('multi-stage', place),
    { ...sample('cached', place), cache: true },
    { ...sample('many-files', place), context: place.scratch },
    sample(failingSample, place),
  ];
}

/** Samples that need what the first ones made: a base image, and layers in the cache. */
export function secondSamples(place: DemoPlace): readonly BuildRequest[] {
  const { registry } = place;
  return [
    { ...sample('on-top', place), buildArgs: { BASE: imageOf('hello', registry) } },
    { ...sample('cached', place), name: 'cached-again', cache: true },
  ];
}

/** Image name of a sample. */
function imageOf(name: string, registry: string): string {
  return `${registry}/samples/${name}:latest`;
}

function sample(name: string, { registry, baseImage }: DemoPlace): BuildRequest {
  return {
    name,
    context: samplePath(name),
    destinations: [imageOf(name, registry)],
    buildArgs: { BASE: baseImage },
  };
}

/** Path of something in the samples that come with this package. */
export function samplePath(name: string): string {
  return fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
}

/** Writes the context of `many-files`: some thousand small files, and some that its ignore file leaves out. */
export async function writeManyFiles(folder: string): Promise<void> {
  const write = async (parent: string, count: number) => {
    for (let first = 0; first < count; first += filesPerFolder) {
      const here = join(folder, parent, `part-${first / filesPerFolder}`);
      await mkdir(here, { recursive: true });
      const names = Array.from({ length: filesPerFolder }, (_unused, index) => `file-${first + index}.txt`);
      await Promise.all(names.map((name) => writeFile(join(here, name), `${name}\n`.repeat(20))));
    }
  };
  await write('data', fileCount);
  await write('ignored', ignoredCount);
  await write('ignored-not', filesPerFolder);
  await writeFile(join(folder, 'ignored-not', 'kept.txt'), 'kept\n');
}
