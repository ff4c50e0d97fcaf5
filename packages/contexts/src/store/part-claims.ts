import { untilAborted } from '@kanikit/spec';

/**
 * What the uploads of this process know of each other. They may share parts, which are removed after use: what another one still needs must not
 * go with the first, and what another one is sending need not be sent twice.
 */
export interface PartClaims {
  /** The upload uses the part, until it releases it. */
  claim(key: string): void;
  release(keys: Iterable<string>): void;
  /** Sends a claimed part unless another upload does, or did; false where it was the other. */
  sendOnce(key: string, send: () => Promise<void>, signal: AbortSignal): Promise<boolean>;
  /** Some of these parts turned out to be gone. */
  forget(keys: Iterable<string>): void;
  /** Those of the parts that were put by this process and that nobody uses any longer: to be removed. */
  takeUnused(keys: Iterable<string>): readonly string[];
}

export function createPartClaims(): PartClaims {
  const users = new Map<string, number>();
  /** By key whether it arrived, of parts that are in use. */
  const sent = new Map<string, Promise<boolean>>();
  const own = new Set<string>();
  return {
    claim: (key) => void users.set(key, (users.get(key) ?? 0) + 1),
    release(keys) {
      for (const key of keys) {
        const left = (users.get(key) ?? 0) - 1;
        if (left > 0) {
          users.set(key, left);
        } else {
          users.delete(key);
          sent.delete(key);
        }
      }
    },
    async sendOnce(key, send, signal) {
      for (let other = sent.get(key); other !== undefined; other = sent.get(key)) {
        if (await untilAborted(other, signal)) return false;
      }
      // Its answer may be lost, and the part there nevertheless.
      own.add(key);
      const sending = send();
      const arrival = sending.then(
        () => true,
        () => {
          if (sent.get(key) === arrival) sent.delete(key);
          return false;
        },
      );
      sent.set(key, arrival);
      await sending;
      return true;
    },
    forget(keys) {
      for (const key of keys) sent.delete(key);
    },
    takeUnused: (keys) => [...keys].filter((key) => !users.has(key) && own.delete(key)),
  };
}
