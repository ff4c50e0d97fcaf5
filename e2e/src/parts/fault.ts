import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/** What goes wrong with a request. Bytes are those of the body that `of` names. */
export type Fault =
  /** Answered by the proxy once the body has come; the server never sees it. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection is reset; the server never sees the request. */
  | { readonly kind: 'drop' }
  /** The server gets the request and does it; its answer never arrives. */
  | { readonly kind: 'lose-answer' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The server sees the request when the promise resolves. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  | { readonly kind: 'slow'; readonly of: HttpBody; readonly bytesPerSecond: number }
  /** Both connections end after so many bytes. */
  | { readonly kind: 'cut'; readonly of: HttpBody; readonly afterBytes: number }
  /** Nothing moves any more after so many bytes, and no connection ends. */
  | { readonly kind: 'stall'; readonly of: HttpBody; readonly afterBytes: number };

export type HttpBody = 'request' | 'response';

/** How often a slowed body moves at least, in milliseconds. */
const tickMs = 20;

/** A body as it comes out of its fault; throws where it is cut, and when the signal ends a stall. `onBytes` hears of all that goes on. */
export async function* disturb(
  body: AsyncIterable<Buffer>,
  of: HttpBody,
  fault: Fault | undefined,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const isStopped = (fault?.kind === 'cut' || fault?.kind === 'stall') && fault.of === of;
  const isSlow = fault?.kind === 'slow' && fault.of === of;
  const pieceBytes = isSlow ? Math.ceil((fault.bytesPerSecond * tickMs) / 1000) : Infinity;
  let left = isStopped ? fault.afterBytes : Infinity;
  const stop = async (): Promise<never> => {
    signal.throwIfAborted();
    if (fault?.kind === 'stall') await once(signal, 'abort');
    throw new Error(`the ${of} ended after ${isStopped ? fault.afterBytes : 0} bytes: a fault of the test`);
  };

  const startedAt = performance.now();
  let passed = 0;
  if (left === 0) await stop();
  for await (const chunk of body) {
    let rest = chunk;
    while (rest.length > 0) {
      const piece = rest.subarray(0, Math.min(pieceBytes, left));
      rest = rest.subarray(piece.length);
      left -= piece.length;
      onBytes(piece.length);
      yield piece;
      if (left === 0) await stop();
      if (isSlow) {
        passed += piece.length;
        const dueMs = startedAt + (passed * 1000) / fault.bytesPerSecond;
        await setTimeout(Math.max(0, dueMs - performance.now()), undefined, { signal });
      }
    }
  }
}
