import { type FoundBuild, KanikitError, type LogLine } from '@kanikit/spec';
import type { ApiClient } from '../../api/client/api-client.ts';
import { followLog, type LogMonitor } from '../../pods/logs/follow-log.ts';

/** A container whose log is read as far as it goes, as if it had ended. */
const still: LogMonitor = {
  stage: () => 'ended',
  hasStarted: () => true,
  hasContainerEnded: () => true,
  ended: Promise.resolve(),
  whenEnded: () => Promise.resolve(),
  whenChanged: () => Promise.resolve(),
  failure: () => undefined,
  notice: () => undefined,
};

/** What the executor has printed until now, resumed after cuts. */
export function readBuildLog(
  client: ApiClient,
  { namespace, pod, phase }: FoundBuild,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  if (phase.state === 'pending') {
    throw new KanikitError({
      code: 'build-not-started',
      message: `Reading the log of pod ${namespace}/${pod}: its executor has not started${phase.reason === undefined ? '' : ` (${phase.reason})`}.`,
      hint: 'Wait for it (`isFollowed`), or see why with "kanikit inspect".',
    });
  }
  return followLog({ client, namespace, name: pod, monitor: still, signal });
}
