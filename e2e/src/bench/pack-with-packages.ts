import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { PackJob } from './pack-job.ts';

const fastest = { level: 1 };

interface TarFs {
  pack(root: string, options: { readonly ignore?: (path: string) => boolean }): Readable;
}

/** The `tar` package with its own gzip, filtered as its users do. */
export async function packWithTar(job: PackJob): Promise<void> {
  const { create } = await import('tar');
  const isKept = await loadFilter(job);
  await create(
    {
      cwd: job.root,
      file: job.output,
      gzip: fastest,
      portable: true,
      ...(isKept !== undefined && {
        filter: (path: string) => path === '.' || isKept(path.replace(/^\.\//, '')),
      }),
    },
    ['.'],
  );
}

/** `tar-fs` with `@balena/dockerignore`, put together as testcontainers does. */
export async function packWithTarFs(job: PackJob): Promise<void> {
  // @ts-expect-error the package has no types
  const { default: tarFs } = (await import('tar-fs')) as { readonly default: TarFs };
  const isKept = await loadFilter(job);
  const pack = tarFs.pack(
    job.root,
    isKept === undefined
      ? {}
      : { ignore: (path: string) => path !== job.root && !isKept(relative(job.root, path)) },
  );
  await pipeline(pack, createGzip(fastest), createWriteStream(job.output));
}

async function loadFilter({ dockerfile }: PackJob): Promise<((path: string) => boolean) | undefined> {
  const patterns = await readFile(`${dockerfile}.dockerignore`, 'utf8');
  if (patterns === '') return undefined;
  const { default: dockerIgnore } = await import('@balena/dockerignore');
  const ignore = dockerIgnore.default().add(patterns.split('\n'));
  return (path) => !ignore.ignores(path);
}
