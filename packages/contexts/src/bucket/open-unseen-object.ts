import type {
  BucketDelivery,
  ContextDelivery,
  ContextRequest,
  KanikitError,
  RemoteContext,
  RunContext,
} from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { remoteDockerfile } from '../web/remote-dockerfile.ts';
import { type BucketObject, chooseDelivery, defaultLifetimeMs } from './open-bucket-object.ts';

/**
 * The context of an object that this machine can't look at, and pods perhaps can: by an identity of their own, or from inside of their network.
 *
 * @param possible how pods may read it
 * @returns undefined where it is to be fetched here, or none of these is wanted
 */
export async function openUnseenObject(
  object: Pick<BucketObject, 'location' | 'deliver'>,
  possible: readonly BucketDelivery[],
  failure: KanikitError,
  request: ContextRequest,
  run: RunContext,
): Promise<RemoteContext | undefined> {
  const { lifetimeMs = defaultLifetimeMs } = request;
  const delivery = chooseDelivery(possible, request.delivery);
  if (request.fetch === 'client' || delivery === undefined) return undefined;
  const renew = async (asker: RunContext): Promise<ContextDelivery> =>
    await object.deliver(delivery, lifetimeMs, asker);
  return {
    kind: 'remote',
    ...(await remoteDockerfile(request, run)),
    warnings: [
      {
        code: 'context-unseen',
        message: asSentence(
          `The executor fetches ${object.location} without a look from here. ${failure.message}`,
        ),
        hint: 'Whether it is there, and is a tar with gzip, shows when the build starts.',
      },
    ],
    delivery: await renew(run),
    renew,
  };
}
