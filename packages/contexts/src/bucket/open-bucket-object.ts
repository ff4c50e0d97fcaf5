import { formatProbeBytes, requireArchiveFormat } from '@kanikit/archive/tar';
import {
  type BucketDelivery,
  type ContextDelivery,
  type ContextRequest,
  type DeliveryAbilities,
  KanikitError,
  type PreparedContext,
  type RunContext,
} from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { remoteDockerfile } from '../web/remote-dockerfile.ts';
import { openArchiveContext } from '../tar/archive-context.ts';

/** An object of a bucket that is the user's context. It is there: whoever makes this has looked. */
export interface BucketObject {
  /** For people, without credentials. */
  readonly location: string;
  /** Changes with every change of the object. */
  readonly version: string;
  /** `Content-Encoding`, which servers and clients undo on the way. */
  readonly contentEncoding: string | undefined;
  /** Bytes as they are stored, of this version only; all or the first ones. */
  read(firstBytes: number | undefined, run: RunContext): AsyncIterable<Uint8Array>;
  deliveries(run: RunContext): Promise<DeliveryAbilities>;
  deliver(delivery: BucketDelivery, lifetimeMs: number, run: RunContext): Promise<ContextDelivery>;
}

/** Longest that an executor needs to be scheduled, start and fetch, where nobody says otherwise. */
export const defaultLifetimeMs: number = 60 * 60 * 1000;

/**
 * The executor fetches the object where it can and would get it right; else it goes through this machine.
 *
 * @throws KanikitError `context-archive-unsupported`, `context-fetch-unsupported`, `delivery-unsupported`, and those of the Dockerfile
 */
export async function openBucketObject(
  object: BucketObject,
  request: ContextRequest,
  run: RunContext,
): Promise<PreparedContext> {
  const fetchedHere = (): Promise<PreparedContext> =>
    openArchiveContext(
      {
        name: object.location,
        read: () => object.read(undefined, run),
        isAtHand: false,
        shareKey: `${object.location} ${object.version}`,
      },
      request,
      run,
    );
  const format = requireArchiveFormat(await readHead(object, run), object.location);
  if (request.fetch === 'client' || request.delivery === 'stdin') return await fetchedHere();
  const reason = whyNotAsItIs(object, format, request);
  const abilities = reason === undefined ? await object.deliveries(run) : undefined;
  const delivery = chooseDelivery(abilities?.possible ?? [], request.delivery);
  if (delivery === undefined) {
    const reasons = reason ?? describe(abilities?.reasons ?? {}, request.delivery);
    // A delivery that was asked for by name is one of the executor's.
    if (request.fetch !== 'executor' && (request.delivery ?? 'auto') === 'auto') return await fetchedHere();
    throw unsupported(object.location, reasons);
  }
  const dockerfile = await remoteDockerfile(request, run);
  const { lifetimeMs = defaultLifetimeMs } = request;
  const renew = async (asker: RunContext): Promise<ContextDelivery> =>
    await object.deliver(delivery, lifetimeMs, asker);
  return { kind: 'remote', ...dockerfile, warnings: [], delivery: await renew(run), renew };
}

async function readHead(object: BucketObject, run: RunContext): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of object.read(formatProbeBytes, run)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The executor unpacks gzip and nothing else. */
function whyNotAsItIs(
  { contentEncoding }: BucketObject,
  format: string,
  { contextSubPath, executor }: ContextRequest,
): string | undefined {
  if (format !== 'gzip') {
    return `the executor unpacks gzip only, and it is ${format === 'tar' ? 'a plain tar' : `compressed with ${format}`}`;
  }
  if (contentEncoding !== undefined && contentEncoding !== '' && contentEncoding !== 'identity') {
    return `it is stored with Content-Encoding ${contentEncoding}, which is undone on the way, so that the executor would get what it can't unpack`;
  }
  const hasSubPath = contextSubPath !== undefined && contextSubPath !== '';
  if (hasSubPath && executor?.hasSubPath === false)
    return `${executor.executor} knows no folder of the context`;
  return undefined;
}

/** The first that is possible, or the wanted one if it is. */
export function chooseDelivery(
  possible: readonly BucketDelivery[],
  wanted: ContextRequest['delivery'],
): BucketDelivery | undefined {
  if (wanted === undefined || wanted === 'auto') return possible[0];
  return possible.find((delivery) => delivery === wanted);
}

function describe(reasons: DeliveryAbilities['reasons'], wanted: ContextRequest['delivery']): string {
  return Object.entries(reasons)
    .filter(([delivery]) => wanted === undefined || wanted === 'auto' || wanted === delivery)
    .map(([delivery, reason]) => `${delivery}: ${reason}`)
    .join('; ');
}

function unsupported(location: string, reason: string): KanikitError {
  return new KanikitError({
    code: 'context-fetch-unsupported',
    message: asSentence(`Opening the build context ${location}: the executor can't fetch it: ${reason}`),
    hint: 'Leave fetch and delivery to kanikit (auto), which fetches it here then, or mend what the message names.',
  });
}
