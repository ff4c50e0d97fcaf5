import type { IncomingMessage } from 'node:http';

import { RegistryError } from './registry-error.ts';

/** The whole body of a request; throws 413 when it is longer than `maximumBytes`. */
export async function readBody(request: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maximumBytes) {
      throw new RegistryError({
        status: 413,
        code: 'SIZE_INVALID',
        message: `the body is larger than ${maximumBytes} bytes`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
