import { contextSupport, type ResolvedExecutor } from '@kanikit/kaniko';
import { type ContextStore, type Finding, type FindingBody, look, type RunContext } from '@kanikit/spec';

/** The bucket for contexts: there, writable, and how executors get at what is in it. One that they can not read is no problem where contexts are streamed. */
export function checkBucket(
  store: ContextStore | undefined,
  executor: ResolvedExecutor | undefined,
  isStreamed: boolean,
  run: RunContext,
): Promise<Finding> {
  return look({ check: 'bucket', title: 'Bucket' }, run, async (bounded): Promise<FindingBody> => {
    if (store === undefined) {
      return { status: 'ok', message: 'none: contexts are streamed to the executor' };
    }
    await store.check(bounded);
    const support = executor === undefined ? undefined : contextSupport(executor);
    const { possible, reasons } = await store.deliveries(support, bounded);
    const others = Object.entries(reasons).map(([way, reason]) => `no ${way}: ${reason}`);
    const [first] = possible;
    if (first === undefined) {
      return {
        status: isStreamed ? 'warning' : 'problem',
        code: 'delivery-unsupported',
        message: `${store.description} is there and writable, but executors can not read it: ${others.join('; ')}`,
        hint: 'Give the store credentials that can sign URLs, give pods access of their own (`store.podAccess`), or have contexts streamed (`contextDelivery: stdin`).',
      };
    }
    const ways = possible
      .map((way) => (way === 'signed-url' ? 'signed URLs' : 'access of their own'))
      .join(' or ');
    return {
      status: 'ok',
      message: [`${store.description}: writable; executors read by ${ways}`, ...others].join('; '),
    };
  });
}
