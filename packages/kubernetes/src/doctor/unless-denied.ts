import { hasStatus } from '../api/client/api-error.ts';

/** What the server answers; undefined where the client may not ask. */
export async function unlessDenied<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (hasStatus(error, 403)) return undefined;
    throw error;
  }
}
