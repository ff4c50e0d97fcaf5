import { inParallel } from '../store/in-parallel.ts';
import type { ObjectStore, StoredObject } from '../store/object-store.ts';
import { translateErrors } from '../store/translate-errors.ts';
import { concatObjects } from './concat-objects.ts';
import { listUploads } from './list-uploads.ts';
import { putObject } from './put-object.ts';
import { putStream } from './put-stream.ts';
import type { S3Access } from './s3-client.ts';
import { statusOf, toS3Error } from './s3-errors.ts';
import { canCopyParts, describeObject, type S3StoreOptions } from './s3-options.ts';

/** No part of an upload but the last may be smaller. */
const smallestPartBytes = 5 * 1024 * 1024;
/** Removals on the way at once. One request for many objects would need checksums that servers do not agree on. */
const removals = 16;

/** Versions that this process has written or seen, by key; empty where the bucket keeps none. */
export type ObjectVersions = Map<string, string>;

export function createS3Objects(
  access: S3Access,
  options: S3StoreOptions,
  versions: ObjectVersions,
): ObjectStore {
  const { sdk, client } = access;
  const { bucket } = options;
  const describe = (key: string): string => describeObject(options, bucket, key);
  const within = async <Value>(
    action: string,
    signal: AbortSignal,
    work: () => Promise<Value>,
  ): Promise<Value> => await translateErrors(signal, work, (error) => toS3Error(error, action, signal));
  const write = async (
    action: string,
    key: string,
    signal: AbortSignal,
    work: () => Promise<string | undefined>,
  ): Promise<void> => {
    const version = await within(`${action} ${describe(key)}`, signal, work);
    if (version !== undefined) versions.set(key, version);
  };

  return {
    describe,
    smallestSourceBytes: canCopyParts(options) ? smallestPartBytes : undefined,
    put: async (key, bytes, { metadata, digest, signal }) =>
      await write(
        'uploading to',
        key,
        signal,
        async () => await putObject(access, { bucket, key, metadata }, bytes, digest, signal),
      ),
    concat: async (key, sources, { metadata, signal }) =>
      await write(
        'putting together',
        key,
        signal,
        async () => await concatObjects(access, { bucket, key, metadata }, sources, signal),
      ),
    putStream: async (key, pieces, { metadata, signal }) =>
      await write(
        'uploading to',
        key,
        signal,
        async () => await putStream(access, { bucket, key, metadata }, pieces, signal),
      ),
    stat: async (key, signal) =>
      await within(`looking at ${describe(key)}`, signal, async () => {
        const head = await absentIf([403, 404], () =>
          client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal }),
        );
        if (head?.VersionId !== undefined) versions.set(key, head.VersionId);
        return head && toStored({ ...head, Key: key, Size: head.ContentLength });
      }),
    list: async (prefix, signal) =>
      await within(
        `listing ${describe(prefix)}`,
        signal,
        async () =>
          await absentIf([403], async () => {
            const pages = sdk.paginateListObjectsV2(
              { client },
              { Bucket: bucket, Prefix: prefix },
              { abortSignal: signal },
            );
            const found: StoredObject[] = [];
            for await (const page of pages) found.push(...(page.Contents ?? []).map(toStored));
            return found;
          }),
      ),
    openUploads: async (prefix, signal) =>
      await within(
        `listing uploads to ${describe(prefix)}`,
        signal,
        async () =>
          // 501: servers that have no such list.
          await absentIf([403, 404, 501], async () => await listUploads(access, bucket, prefix, signal)),
      ),
    remove: async (keys, signal) =>
      await within(`removing objects from ${describe('')}`, signal, async () => {
        await inParallel(keys, removals, (key) => remove(key, signal));
      }),
  };

  /** In a bucket with versions the version itself, where that is allowed: else the bytes would stay behind a delete marker. */
  async function remove(key: string, abortSignal: AbortSignal): Promise<void> {
    const place = { Bucket: bucket, Key: key };
    const VersionId =
      versions.get(key) ?? (versions.size > 0 ? await findVersion(place, abortSignal) : undefined);
    versions.delete(key);
    const version = new sdk.DeleteObjectCommand({ ...place, VersionId });
    const removed = VersionId && (await absentIf([403, 404], () => client.send(version, { abortSignal })));
    if (!removed) await client.send(new sdk.DeleteObjectCommand(place), { abortSignal });
  }

  async function findVersion(
    place: { readonly Bucket: string; readonly Key: string },
    abortSignal: AbortSignal,
  ): Promise<string | undefined> {
    const head = await absentIf([403, 404], () =>
      client.send(new sdk.HeadObjectCommand(place), { abortSignal }),
    );
    return head?.VersionId;
  }
}

/** Without s3:ListBucket a missing object answers 403. */
async function absentIf<Value>(
  statuses: readonly number[],
  ask: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

function toStored(object: {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
}): StoredObject {
  return {
    key: object.Key ?? '',
    sizeBytes: object.Size ?? 0,
    modifiedMs: object.LastModified?.getTime() ?? 0,
  };
}
