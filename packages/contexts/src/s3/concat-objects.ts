import type { CompletedPart } from '@aws-sdk/client-s3';
import { createInFlight } from '../store/in-flight.ts';
import type { StoredObject } from '../store/object-store.ts';
import {
  contentType,
  type ObjectTarget,
  type SentParts,
  type UploadInParts,
  uploadInParts,
} from './multipart-upload.ts';
import type { S3Access } from './s3-client.ts';

/** S3 copies no more in one request, as an object or as a part. */
const largestCopyBytes = 5 * 1024 ** 3;
/** Copies on the way at once: they are the server's work, not the line's. */
const copies = 16;

interface Piece {
  readonly source: StoredObject;
  /** Value of `CopySourceRange`; undefined for the whole source. */
  readonly range: string | undefined;
}

/** Makes an object of others without their bytes leaving the server. Returns its version, where there are versions. */
export async function concatObjects(
  access: S3Access,
  target: ObjectTarget,
  sources: readonly StoredObject[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const [first] = sources;
  if (sources.length === 1 && first !== undefined && first.sizeBytes <= largestCopyBytes) {
    return await copyObject(access, target, first, signal);
  }
  const { sdk, client } = access;
  const sendParts = async (upload: UploadInParts): Promise<SentParts> => {
    const inFlight = createInFlight(copies);
    const parts: CompletedPart[] = [];
    try {
      for (const { source, range } of sources.flatMap(toPieces)) {
        await inFlight.waitForRoom();
        const PartNumber = parts.push({});
        inFlight.start(async () => {
          const copy = new sdk.UploadPartCopyCommand({
            ...upload,
            PartNumber,
            CopySource: copySource(target.bucket, source.key),
            ...(range !== undefined && { CopySourceRange: range }),
          });
          const { CopyPartResult } = await client.send(copy, { abortSignal: signal });
          parts[PartNumber - 1] = { PartNumber, ETag: CopyPartResult?.ETag ?? '' };
        });
      }
      await inFlight.finish();
      return { parts, sizeBytes: sources.reduce((sum, source) => sum + source.sizeBytes, 0) };
    } catch (error) {
      await inFlight.settle();
      throw error;
    }
  };
  return await uploadInParts(access, target, sendParts, signal);
}

async function copyObject(
  { sdk, client }: S3Access,
  { bucket, key, metadata }: ObjectTarget,
  source: StoredObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  const copied = await client.send(
    new sdk.CopyObjectCommand({
      Bucket: bucket,
      Key: key,
      CopySource: copySource(bucket, source.key),
      // An object may be copied onto itself only with something new.
      MetadataDirective: 'REPLACE',
      Metadata: metadata,
      ContentType: contentType,
    }),
    { abortSignal: signal },
  );
  return copied.VersionId;
}

function toPieces(source: StoredObject): readonly Piece[] {
  if (source.sizeBytes <= largestCopyBytes) return [{ source, range: undefined }];
  const count = Math.ceil(source.sizeBytes / largestCopyBytes);
  return Array.from({ length: count }, (_, index) => {
    const start = index * largestCopyBytes;
    const end = Math.min(start + largestCopyBytes, source.sizeBytes) - 1;
    return { source, range: `bytes=${start}-${end}` };
  });
}

function copySource(bucket: string, key: string): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
