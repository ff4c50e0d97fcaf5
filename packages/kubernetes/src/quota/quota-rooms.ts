import type { KanikitError } from '@kanikit/spec';
import type { ApiClient } from '../api/client/api-client.ts';
import { QuotaError } from './quota-refusal.ts';
import { createQuotaRoom, type QuotaRoom } from './quota-room.ts';

/** The quotas of all namespaces. */
export interface QuotaRooms {
  /** See `Cluster.whenRoom`. */
  whenRoom(refusal: KanikitError, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

export function createQuotaRooms(client: ApiClient): QuotaRooms {
  const rooms = new Map<string, QuotaRoom>();
  let isClosed = false;
  return {
    async whenRoom(refusal, signal) {
      if (isClosed || !(refusal instanceof QuotaError)) return false;
      const { namespace } = refusal;
      const room = rooms.get(namespace) ?? createQuotaRoom(client, namespace);
      rooms.set(namespace, room);
      return await room.whenRoom(refusal.refusal, signal);
    },
    close() {
      isClosed = true;
      for (const room of rooms.values()) room.close();
    },
  };
}
