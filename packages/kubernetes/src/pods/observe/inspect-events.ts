import type { FoundEvent } from '@kanikit/spec';
import type { ApiClient } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import { parseTime } from '../../api/watch/pod-object.ts';

interface EventObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly metadata: { readonly creationTimestamp?: string };
}

/** What the cluster told about an object; empty where that may not be read. */
export async function inspectEvents(
  client: ApiClient,
  namespace: string,
  fieldSelector: string,
  signal: AbortSignal,
): Promise<readonly FoundEvent[]> {
  try {
    const list = await client.sendRepeatable<{ readonly items: readonly EventObject[] }>(
      {
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/events`,
        query: { fieldSelector },
        what: `Reading events in namespace ${namespace}`,
      },
      signal,
    );
    return list.items.map((event) => ({
      time: parseTime(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp),
      isWarning: event.type === 'Warning',
      reason: event.reason ?? '',
      message: event.message ?? '',
      count: event.series?.count ?? event.count ?? 1,
    }));
  } catch (error) {
    if (hasStatus(error, 403)) return [];
    throw error;
  }
}
