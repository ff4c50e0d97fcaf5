import type { IncomingMessage } from 'node:http';
import { badRequest, tooLarge, unsupportedMediaType } from '../status-error.ts';
import { parseMediaType } from './media-type.ts';
import { decodeProtobuf, protobufMediaType } from './protobuf.ts';

/** The API server's limit for a request body. */
const limitBytes = 3 * 1024 * 1024;
const jsonTypes = ['application/json'];

/**
 * Reads the body of a request, refusing what is too large.
 *
 * @throws StatusError 413
 */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Name of the body's media type; JSON when the request names none. */
export function mediaTypeOf(request: IncomingMessage): string {
  return parseMediaType(request.headers['content-type'] ?? 'application/json').name;
}

/**
 * Reads a JSON body; undefined when it is empty.
 *
 * @throws StatusError 415 for another format, 400 for broken JSON
 */
export async function readJson(
  request: IncomingMessage,
  accepted: readonly string[] = jsonTypes,
): Promise<unknown> {
  const body = await readBody(request);
  if (body.length === 0) return undefined;
  const mediaType = mediaTypeOf(request);
  if (mediaType === protobufMediaType && accepted === jsonTypes) {
    const decoded = decodeProtobuf(body);
    if (decoded !== undefined) return decoded;
  }
  if (!accepted.includes(mediaType)) throw unsupportedMediaType(accepted);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badRequest(`error decoding request body: ${(error as Error).message}`);
  }
}
