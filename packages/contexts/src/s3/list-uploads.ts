import type { OpenUpload } from '../store/object-store.ts';
import { giveUp } from './multipart-upload.ts';
import type { S3Connection } from './s3-client.ts';

/** Uploads in parts below a prefix that have not ended. */
export async function listUploads(
  { sdk, client }: S3Connection,
  bucket: string,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<readonly OpenUpload[]> {
  const found: OpenUpload[] = [];
  let marker: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await client.send(
      new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }),
      { abortSignal },
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key?.startsWith(prefix) !== true || UploadId === undefined || Initiated === undefined) continue;
      const upload = { Bucket: bucket, Key, UploadId };
      found.push({
        key: Key,
        startedMs: Initiated.getTime(),
        abort: async (signal) => await giveUp({ sdk, client }, upload, signal),
      });
    }
    if (page.IsTruncated !== true) return found;
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}
