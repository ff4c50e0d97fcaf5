import type { RunResult } from '@kanikit/sdk';
import { KanikitError } from '@kanikit/spec';
import { writeOutput } from '@kanikit/toolkit/files';
import { safeJson } from '@kanikit/toolkit/text';

/** Writes `--iidfile`: the digest of the one image, without a newline, as docker does. Nothing is written unless it was built. */
export async function writeDigestFile(path: string, { builds: [build] }: RunResult): Promise<void> {
  if (build?.digest !== undefined) await write(path, build.digest, '--iidfile');
}

/**
 * Writes `--metadata-file`: docker's keys, and kanikit's under `kanikit`. For several builds one such object under each build's name, as
 * docker's bake does.
 */
export async function writeMetadataFile(path: string, result: RunResult): Promise<void> {
  const entries = result.builds.map((build) => [build.name, metadataOf(build, result.run)] as const);
  const [only] = entries;
  const content = entries.length === 1 && only !== undefined ? only[1] : Object.fromEntries(entries);
  await write(path, `${safeJson(content, 2)}\n`, '--metadata-file');
}

function metadataOf(build: RunResult['builds'][number], run: string): Readonly<Record<string, unknown>> {
  const { name, outcome, digest, images, exitCode, failure, durationMs } = build;
  return {
    ...(digest === undefined ? {} : { 'containerimage.digest': digest }),
    'image.name': images.map((image) => image.reference).join(','),
    kanikit: { run, name, outcome, images, exitCode, failure, durationMs },
  };
}

async function write(path: string, content: string, flag: string): Promise<void> {
  try {
    await writeOutput(path, content);
  } catch (error) {
    throw new KanikitError({
      code: 'output-file-failed',
      message: `Writing ${path} (${flag}): ${(error as Error).message}.`,
      hint: 'The build itself has ended as shown; only this file is missing.',
      cause: error,
    });
  }
}
