import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './bucket-routes.ts';
import { deleteObjects } from './delete-objects.ts';
import { listObjects } from './list-objects.ts';
import { listParts, listUploads } from './multipart-lists.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from './multipart-routes.ts';
import { copyObject, deleteObject, getObject, putObject } from './object-routes.ts';
import {
  requireBucket,
  type BucketContext,
  type ObjectContext,
  type OperationContext,
} from './operation-context.ts';
import { S3Error } from './s3-error.ts';
import { header, queryValue, type S3Request } from './s3-request.ts';

/** S3's limit, in UTF-8 bytes. */
const maximumKeyBytes = 1024;
// Parameters that every operation may carry; any other one without a value names a part of the API (`?acl`, `?uploads`).
const ordinary = /^(?:x-id$|X-Amz-|response-)/i;

/** Runs the operation that the request's method, path and parameters name. */
export async function serve(context: OperationContext): Promise<void> {
  const { request, store } = context;
  if (request.bucket === undefined) {
    if (request.method !== 'GET') throw methodNotAllowed();
    return listBuckets(context);
  }
  if (request.key === undefined && request.method === 'PUT' && subresource(request) === '') {
    return await createBucket(context, request.bucket);
  }
  const bucket = requireBucket(store, request.bucket);
  if (request.key === undefined) return await serveBucket({ ...context, bucket });
  if (Buffer.byteLength(request.key) > maximumKeyBytes) {
    throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
  }
  await serveObject({ ...context, bucket, key: request.key });
}

async function serveBucket(context: BucketContext): Promise<void> {
  const { method } = context.request;
  switch (`${method} ${subresource(context.request)}`) {
    case 'HEAD ':
      return headBucket(context);
    case 'DELETE ':
      return await deleteBucket(context);
    case 'GET location':
      return getBucketLocation(context);
    case 'GET uploads':
      return listUploads(context);
    case 'POST delete':
      return await deleteObjects(context);
    case 'GET ':
      if (queryValue(context.request, 'list-type') === '2') return listObjects(context);
      throw notImplemented('ListObjects of the first version');
    default:
      throw notImplemented(`${method} ?${subresource(context.request)} on a bucket`);
  }
}

async function serveObject(context: ObjectContext): Promise<void> {
  const { request } = context;
  const { method } = request;
  const uploadId = queryValue(request, 'uploadId');
  const isCopy = header(request, 'x-amz-copy-source') !== undefined;
  if (uploadId !== undefined) {
    if (method === 'PUT' && isCopy) return await uploadPartCopy(context, uploadId);
    if (method === 'PUT') return await uploadPart(context, uploadId);
    if (method === 'POST') return await completeMultipartUpload(context, uploadId);
    if (method === 'DELETE') return await abortMultipartUpload(context, uploadId);
    if (method === 'GET') return listParts(context, uploadId);
    throw methodNotAllowed();
  }
  switch (`${method} ${subresource(request)}`) {
    case 'GET ':
    case 'HEAD ':
    case 'GET partNumber':
    case 'HEAD partNumber':
      return await getObject(context);
    case 'PUT ':
      return isCopy ? await copyObject(context) : await putObject(context);
    case 'DELETE ':
      return await deleteObject(context);
    case 'POST uploads':
      return await createMultipartUpload(context);
    default:
      throw notImplemented(`${method} ?${subresource(request)} on an object`);
  }
}

const listParameters = new Set([
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
  'key-marker',
  'upload-id-marker',
  'max-uploads',
]);

/** The parameter that names what of a bucket or object is meant; empty for the thing itself. */
function subresource(request: S3Request): string {
  const names = request.query.map(([name]) => name);
  return names.find((name) => !ordinary.test(name) && !listParameters.has(name)) ?? '';
}

function methodNotAllowed(): S3Error {
  return new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
}

function notImplemented(what: string): S3Error {
  return new S3Error(501, 'NotImplemented', `${what} is not implemented by the sandbox's bucket.`);
}
