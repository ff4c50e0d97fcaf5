import { createHash, randomUUID } from 'node:crypto';
import { KanikitError } from '@kanikit/spec';
import { collectChunks } from '../bucket/collect-chunks.ts';
import type { GcsTarget } from './compose-tree.ts';
import type { GcsClient, GcsResponse } from './gcs-client.ts';
import { statusOf } from './gcs-errors.ts';
import { contentType, objectPath, uploadPath } from './gcs-object-request.ts';

/** Chunks must be multiples of 256 KiB; each is kept until the server has it. */
const chunkBytes = 8 * 1024 * 1024;
/** How often an upload goes on where it stopped without having moved. */
const largestRestarts = 5;
/** Longest clean-up. */
const cleanupMs = 5000;
/** "Go on", in this protocol. */
const resumeStatus = 308;
/** The answer to a session's end. */
const endedStatus = 499;

interface Uploaded {
  readonly md5Hash?: string;
}

/** Stores a stream of any length through an upload session, which goes on where it stopped when the connection breaks. */
export async function uploadResumably(
  client: GcsClient,
  target: GcsTarget,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const session = await openSession(client, target, signal);
  const hash = createHash('md5');
  try {
    let start = 0;
    let uploaded: Uploaded | undefined;
    for await (const { bytes, isLast } of collectChunks(pieces, chunkBytes, signal)) {
      hash.update(bytes);
      uploaded = await sendChunk(client, session, { bytes, start, isLast }, signal);
      start += bytes.length;
    }
    const expected = hash.digest('base64');
    if (uploaded?.md5Hash !== undefined && uploaded.md5Hash !== expected) {
      await remove(client, target);
      throw damaged(target);
    }
  } catch (error) {
    await endSession(client, session);
    throw error;
  }
}

/**
 * Proves that the bucket is there and may be written by opening a session and giving it up: unlike a test object that leaves nothing behind, not
 * even a version.
 */
export async function proveWritable(
  client: GcsClient,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): Promise<void> {
  const key = `${prefix === '' ? '' : `${prefix}/`}.kanikit-check-${randomUUID()}`;
  await endSession(client, await openSession(client, { bucket, key, metadata: {} }, signal));
}

async function openSession(client: GcsClient, target: GcsTarget, signal: AbortSignal): Promise<string> {
  const { headers } = await client.send({
    method: 'POST',
    path: uploadPath(target.bucket),
    query: { uploadType: 'resumable', name: target.key },
    headers: { 'x-upload-content-type': contentType },
    body: { name: target.key, contentType, metadata: target.metadata },
    signal,
  });
  const session = headers.get('location');
  if (session === null) throw new Error('it opened no session for the upload');
  return session;
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** Its place in the object. */
  readonly start: number;
  readonly isLast: boolean;
}

async function sendChunk(
  client: GcsClient,
  session: string,
  { bytes, start, isLast }: Chunk,
  signal: AbortSignal,
): Promise<Uploaded | undefined> {
  const end = start + bytes.length;
  const total = isLast ? String(end) : '*';
  let at = start;
  let restarts = 0;
  for (;;) {
    const range = at === end ? `bytes */${total}` : `bytes ${at}-${end - 1}/${total}`;
    const answer = await put(client, session, range, bytes.subarray(at - start), signal).catch(
      async (error: unknown) => {
        restarts += 1;
        if (signal.aborted || restarts > largestRestarts || !mayGoOn(error)) throw error;
        return await put(client, session, `bytes */${total}`, undefined, signal);
      },
    );
    if (answer.status !== resumeStatus) return answer.data;
    const stored = storedBytes(answer);
    if (stored < start) throw new Error('it has lost a part of the upload');
    if (stored > at) restarts = 0;
    at = stored;
    if (at === end && !isLast) return undefined;
  }
}

async function put(
  client: GcsClient,
  session: string,
  range: string,
  body: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<GcsResponse<Uploaded>> {
  return await client.send<Uploaded>({
    method: 'PUT',
    path: session,
    headers: { 'content-range': range },
    body: body ?? new Uint8Array(),
    statuses: [resumeStatus],
    // The bytes of a chunk are not sent again blindly: the server is asked first how much of it came. That question is.
    retries: body === undefined ? undefined : 0,
    signal,
  });
}

function mayGoOn(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status >= 500 || status === 408 || status === 429;
}

function storedBytes({ headers }: GcsResponse<unknown>): number {
  const last = /-(\d+)$/.exec(headers.get('range') ?? '')?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}

async function endSession(client: GcsClient, session: string): Promise<void> {
  const signal = AbortSignal.timeout(cleanupMs);
  // Costs nothing and ends by itself after a week; the failure that led here counts.
  await client
    .send({ method: 'DELETE', path: session, statuses: [endedStatus, 404, 410], signal })
    .catch(() => {});
}

async function remove(client: GcsClient, { bucket, key }: GcsTarget): Promise<void> {
  const signal = AbortSignal.timeout(cleanupMs);
  await client.send({ method: 'DELETE', path: objectPath(bucket, key), statuses: [404], signal });
}

function damaged({ bucket, key }: GcsTarget): KanikitError {
  return new KanikitError({
    code: 'bucket-upload-failed',
    message: `Uploading to gs://${bucket}/${key}: what arrived is not what was sent; it was removed.`,
    hint: 'Try again; if it persists, look for a proxy in between.',
    retryable: true,
  });
}
