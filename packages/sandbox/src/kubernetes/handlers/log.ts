import { once } from 'node:events';
import type { Pod } from '../objects.ts';
import { isTrue } from '../http/request-info.ts';
import { badRequest } from '../status-error.ts';
import { containerOf, containerStatusOf } from './container-of.ts';
import type { ApiContext, Call } from './context.ts';
import { findObject } from './get-list.ts';
import { readLogOptions } from './log-options.ts';

/** `GET …/pods/NAME/log`. */
export async function podLog(context: ApiContext, call: Call): Promise<undefined> {
  const { query } = call.info;
  const pod = findObject(context, call) as Pod;
  const options = readLogOptions(pod.metadata.name, query);
  const container = containerOf(pod, query.get('container') ?? '');
  const node = context.nodePod(pod.metadata.uid);
  if (node !== undefined) checkStarted(pod, container, isTrue(query.get('previous')));
  const { response, signal } = call;
  response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  // A pod without a node has no log yet: the real server answers with nothing, too.
  if (node !== undefined) {
    for await (const chunk of node.logs({ ...options, container }, signal)) {
      if (signal.aborted) break;
      if (!response.write(chunk)) await once(response, 'drain', { signal });
    }
  }
  response.end();
  return undefined;
}

/** Refuses what the kubelet refuses, in its words. */
function checkStarted(pod: Pod, container: string, isPrevious: boolean): void {
  const status = containerStatusOf(pod, container);
  const subject = `container "${container}" in pod "${pod.metadata.name}"`;
  if (isPrevious && status?.lastState?.terminated === undefined)
    throw badRequest(`previous terminated ${subject} not found`);
  if (status === undefined) throw badRequest(`${subject} is not available`);
  const { state = {} } = status;
  if (state.running !== undefined || state.terminated !== undefined) return;
  const reason = state.waiting?.reason;
  if (reason === undefined) throw badRequest(`${subject} is waiting to start - no logs yet`);
  const words =
    { ErrImagePull: "image can't be pulled", ImagePullBackOff: 'trying and failing to pull image' }[reason] ??
    reason;
  throw badRequest(`${subject} is waiting to start: ${words}`);
}
