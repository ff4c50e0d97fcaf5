import { contentType, type ObjectTarget } from './multipart-upload.ts';
import type { S3Access } from './s3-client.ts';

/**
 * Puts an object in one request. Its signature covers the digest that the packer computed, so the server refuses other bytes than those.
 *
 * @returns the version of the object, in a bucket that has versions
 */
export async function putObject(
  { sdk, client }: S3Access,
  { bucket, key, metadata }: ObjectTarget,
  bytes: Uint8Array,
  digest: string | undefined,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const put = new sdk.PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: bytes,
    ContentType: contentType,
    Metadata: metadata,
  });
  if (digest !== undefined) {
    const sha256 = digest.slice(digest.indexOf(':') + 1);
    put.middlewareStack.add(
      (next) => async (args) => {
        const { headers } = args.request as { readonly headers: Record<string, string> };
        // Part of AWS's signature, version 4; the SDK would hash the bytes once more.
        headers['x-amz-content-sha256'] = sha256;
        return await next(args);
      },
      { step: 'build', name: 'knownDigest' },
    );
  }
  return (await client.send(put, { abortSignal })).VersionId;
}
