import type { ApiClient } from '../client/api-client.ts';
import {
  type ApiError,
  connectionError,
  parseStatus,
  statusError,
  strangeAnswer,
} from '../client/api-error.ts';
import { isWatchEvent } from '../client/check-answer.ts';

/** One line of a watch. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

export interface WatchTarget {
  /** Path of the collection. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** For errors: `Watching pods in default`. */
  readonly what: string;
  /** Called when the server has taken the watch. */
  readonly onOpen?: (() => void) | undefined;
}

/** Servers cut a watch at a random time between 30 and 60 minutes unless asked for a time. */
const watchSeconds = 3_600;
/** An object of Kubernetes is at most about 1.5 MB. */
const longestEventBytes = 16 * 1024 * 1024;

/**
 * Opens one watch and yields its events until the server ends it.
 *
 * @throws ApiError the server's refusal, an `ERROR` event (410 among them), or a broken connection
 */
export async function* openWatch<T>(
  client: ApiClient,
  target: WatchTarget,
  resourceVersion: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  const query = {
    ...target.query,
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(watchSeconds),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const response = await client.stream(
    { method: 'GET', path: target.path, query, what: target.what },
    signal,
  );
  target.onOpen?.();
  try {
    for await (const line of jsonLines(response)) yield checkEvent<T>(line, client, target);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof Error && 'status' in error
      ? error
      : connectionError(target.what, client.server, error);
  } finally {
    response.destroy();
  }
}

async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  let parts: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]).toString('utf8');
      parts = [];
      heldBytes = 0;
      start = end + 1;
      if (line.trim() !== '') yield JSON.parse(line);
    }
    if (start < chunk.length) {
      parts.push(chunk.subarray(start));
      heldBytes += chunk.length - start;
      if (heldBytes > longestEventBytes)
        throw new Error(`an event of the watch is larger than ${longestEventBytes} bytes`);
    }
  }
  // A cut in the middle of an event: what is missing comes again after the next resume.
}

function checkEvent<T>(value: unknown, client: ApiClient, target: WatchTarget): WatchEvent<T> {
  if (!isWatchEvent(value))
    throw strangeAnswer(target.what, client.server, 'an event of the watch is none of Kubernetes');
  const event = value as { readonly type: string; readonly object: T };
  if (event.type === 'ERROR') throw watchError(event.object, client, target);
  return event as WatchEvent<T>;
}

function watchError(status: unknown, client: ApiClient, target: WatchTarget): ApiError {
  const given = (status as { readonly code?: unknown }).code;
  const code = typeof given === 'number' ? given : 500;
  return statusError(target.what, client.server, parseStatus(code, JSON.stringify(status), undefined));
}
