import { createHash, randomUUID } from 'node:crypto';
import type { ObjectOptions, ObjectStore, StoredObject } from '../store/object-store.ts';
import { translateErrors } from '../store/translate-errors.ts';
import { noteFailure } from '../bucket/note-failure.ts';
import { inParallel } from '../store/in-parallel.ts';
import { composeTree } from './compose-tree.ts';
import type { GcsClient } from './gcs-client.ts';
import { toGcsError } from './gcs-errors.ts';
import {
  bucketPath,
  contentType,
  type GcsObject,
  lookAt,
  objectFields,
  objectPath,
  uploadPath,
} from './gcs-object-request.ts';
import { describeObject, type GcsAccessOptions } from './gcs-options.ts';
import { uploadResumably } from './resumable-upload.ts';

interface GcsPage {
  readonly items?: readonly GcsObject[];
  readonly nextPageToken?: string;
}

/** Removals on the way at once. */
const removals = 16;

/** A bucket of Google Cloud Storage. `load` is asked at each call, and remembers. */
export function createGcsObjects(
  load: () => Promise<GcsClient>,
  options: GcsAccessOptions,
  bucket: string,
): ObjectStore {
  const describe = (key: string): string => describeObject(options, bucket, key);
  const within = async <Value>(
    action: string,
    key: string,
    signal: AbortSignal,
    work: (client: GcsClient) => Promise<Value>,
  ): Promise<Value> =>
    await translateErrors(
      signal,
      async () => await work(await load()),
      (error) => toGcsError(error, action, describe(key), signal),
    );

  return {
    describe,
    smallestSourceBytes: 1,
    put: async (key, bytes, put) =>
      await within('uploading to', key, put.signal, async (client) => {
        await putWhole(client, bucket, key, bytes, put);
      }),
    stat: async (key, signal) =>
      await within('looking at', key, signal, async (client) => {
        const found = await lookAt(client, bucket, key, signal);
        return found === undefined ? undefined : toStored(found);
      }),
    list: async (prefix, signal) =>
      await within('listing', prefix, signal, async (client) => await list(client, bucket, prefix, signal)),
    concat: async (key, sources, concat) =>
      await within('putting together', key, concat.signal, async (client) => {
        const names = sources.map((source) => source.key);
        await composeTree(client, { bucket, key, metadata: concat.metadata }, names, concat.signal);
      }),
    putStream: async (key, pieces, { metadata, signal }) => {
      const { stream, failure } = noteFailure(pieces);
      await within('uploading to', key, signal, async (client) => {
        await uploadResumably(client, { bucket, key, metadata }, stream, signal);
      }).catch((error: unknown) => {
        throw failure()?.error ?? error;
      });
    },
    remove: async (keys, signal) =>
      await within('removing objects from', '', signal, async (client) => {
        await inParallel(keys, removals, async (key) => {
          await client.send({ method: 'DELETE', path: objectPath(bucket, key), statuses: [404], signal });
        });
      }),
  };
}

/** Metadata and bytes in one request; the server compares the hash and keeps nothing where it differs. */
async function putWhole(
  client: GcsClient,
  bucket: string,
  key: string,
  bytes: Uint8Array,
  { metadata, signal }: ObjectOptions,
): Promise<void> {
  const md5Hash = createHash('md5').update(bytes).digest('base64');
  const resource = JSON.stringify({ name: key, contentType, metadata, md5Hash });
  const boundary = randomUUID();
  const head = `--${boundary}\r\ncontent-type: application/json\r\n\r\n${resource}\r\n--${boundary}\r\ncontent-type: ${contentType}\r\n\r\n`;
  await client.send({
    method: 'POST',
    path: uploadPath(bucket),
    query: { uploadType: 'multipart', fields: 'name' },
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--`)]),
    signal,
  });
}

async function list(
  client: GcsClient,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly StoredObject[] | undefined> {
  const found: StoredObject[] = [];
  let pageToken: string | undefined;
  do {
    const { status, data } = await client.send<GcsPage>({
      method: 'GET',
      path: bucketPath(bucket),
      query: {
        prefix,
        fields: `items(${objectFields}),nextPageToken`,
        ...(pageToken !== undefined && { pageToken }),
      },
      statuses: [403],
      signal,
    });
    if (status === 403) return undefined;
    for (const item of data.items ?? []) found.push(toStored(item));
    pageToken = data.nextPageToken;
  } while (pageToken !== undefined && pageToken !== '');
  return found;
}

function toStored({ name, size = '0', updated = '' }: GcsObject): StoredObject {
  return { key: name, sizeBytes: Number(size), modifiedMs: Date.parse(updated) };
}
