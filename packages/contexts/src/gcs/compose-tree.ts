import { randomUUID } from 'node:crypto';
import { KanikitError } from '@kanikit/spec';
import { inParallel } from '../store/in-parallel.ts';
import { contentType, objectPath } from './gcs-object-request.ts';
import type { GcsClient } from './gcs-client.ts';
import { isObjectMissing } from './gcs-errors.ts';

/** As many as one request composes. */
const largestCompose = 32;
/** Requests on the way at once. */
const concurrency = 8;
/** Longest clean-up. */
const cleanupMs = 10_000;

export interface GcsTarget {
  readonly bucket: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Makes an object of any number of others, which may be composed ones themselves: 32 at a time make objects in between, and so on. Those in
 * between are removed, however it ends.
 *
 * @throws KanikitError `bucket-object-missing` and the transport's errors
 */
export async function composeTree(
  client: GcsClient,
  target: GcsTarget,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const name = `${target.key}.compose-${randomUUID()}`;
  const between: string[] = [];
  let level = sources;
  try {
    while (level.length > largestCompose) {
      const groups = chunk(level, largestCompose).map((group, index) => ({
        group,
        key: `${name}.${between.length + index}`,
      }));
      const keys = groups.map(({ key }) => key);
      between.push(...keys);
      await inParallel(groups, concurrency, async ({ group, key }) => {
        await compose(client, { ...target, key }, group, signal);
      });
      level = keys;
    }
    await compose(client, target, level, signal);
  } finally {
    await removeAll(client, target.bucket, between);
  }
}

async function compose(
  client: GcsClient,
  { bucket, key, metadata }: GcsTarget,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.send({
      method: 'POST',
      path: `${objectPath(bucket, key)}/compose`,
      query: { fields: 'name' },
      body: {
        sourceObjects: sources.map((source) => ({ name: source })),
        destination: { contentType, metadata },
      },
      signal,
    });
  } catch (error) {
    if (isObjectMissing(error)) throw sourceMissing(bucket, key, error);
    throw error;
  }
}

async function removeAll(client: GcsClient, bucket: string, keys: readonly string[]): Promise<void> {
  const signal = AbortSignal.timeout(cleanupMs);
  await inParallel(keys, concurrency, async (key) => {
    // A lifecycle rule finds what a server that has gone away leaves; the failure that led here counts.
    await client
      .send({ method: 'DELETE', path: objectPath(bucket, key), statuses: [404], signal })
      .catch(() => {});
  });
}

function chunk<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function sourceMissing(bucket: string, key: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'bucket-object-missing',
    message: `Putting together gs://${bucket}/${key}: one of its parts is gone.`,
    hint: 'Build again: it is sent anew.',
    retryable: true,
    cause: new Error(cause instanceof Error ? cause.message : String(cause)),
  });
}
