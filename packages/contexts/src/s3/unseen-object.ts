import { type ContextRequest, type KanikitError, type RemoteContext, type RunContext } from '@kanikit/spec';
import { openUnseenObject as openUnseen } from '../bucket/open-unseen-object.ts';
import type { S3Access } from './s3-client.ts';
import { deliverS3Object, s3Deliveries } from './s3-delivery.ts';
import { endpointOf, type S3AccessOptions } from './s3-options.ts';

/**
 * The context of an object that this machine can't look at and pods perhaps can: by an identity of their own, or from inside of their network.
 *
 * @returns undefined where the failure holds for pods, too
 */
export async function openUnseenObject(
  failure: KanikitError,
  access: S3Access,
  options: S3AccessOptions,
  place: { readonly bucket: string; readonly key: string; readonly location: string },
  request: ContextRequest,
  run: RunContext,
): Promise<RemoteContext | undefined> {
  const asPod = podOptions(failure, options);
  if (asPod === undefined) return undefined;
  // What this machine may not read it can't sign for.
  const possible = s3Deliveries(options, request.executor).possible.filter(
    (delivery) => delivery === 'bucket-url' || asPod.podAccess !== 'identity',
  );
  return await openUnseen(
    {
      location: place.location,
      deliver: async (delivery, lifetimeMs, { signal }) =>
        await deliverS3Object(access, asPod, place, delivery, lifetimeMs, signal),
    },
    possible,
    failure,
    request,
    run,
  );
}

/** How pods reach it where this machine fails so; undefined where they fail as well. */
function podOptions(failure: KanikitError, options: S3AccessOptions): S3AccessOptions | undefined {
  const hasNoCredentials =
    failure.code === 'bucket-denied' &&
    /^\w*ProviderError/.test((failure.cause as Error | undefined)?.message ?? '');
  if (hasNoCredentials) return { ...options, podAccess: 'identity' };
  if (failure.code === 'bucket-denied' && options.podAccess === 'identity') return options;
  const isAway =
    failure.code === 'bucket-unreachable' && failure.retryable && endpointOf(options) !== undefined;
  return isAway ? options : undefined;
}
