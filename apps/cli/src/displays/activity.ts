import type { BuildState } from '@kanikit/core';
import type { ExecutorPhase } from '@kanikit/spec';
import { oneLine } from '@kanikit/toolkit/text';
import { packText, uploadText } from './amounts.ts';

/** What the executor does, as a word for people. A recorded run may name phases of another version. */
const phaseWords: ReadonlyMap<string, string> = new Map<ExecutorPhase, string>(
  Object.entries({
    context: 'read context',
    resolve: 'resolve',
    pull: 'pull',
    unpack: 'unpack',
    'cache-lookup': 'ask cache',
    'cache-extract': 'from cache',
    run: 'run',
    copy: 'copy',
    snapshot: 'snapshot',
    save: 'save files',
    clean: 'clean up',
    push: 'push',
  } satisfies Record<ExecutorPhase, string>) as [ExecutorPhase, string][],
);

/** The words for a phase; of one that this version does not know, its name. */
export function phaseText(phase: string): string {
  return phaseWords.get(phase) ?? oneLine(phase);
}

/** What a build is doing right now, in a few words of printable text; '' when there is nothing to say. */
export function activityText(build: BuildState): string {
  if (build.outcome !== undefined) return '';
  const words = currentText(build);
  const retry = build.retries.at(-1);
  if (retry === undefined || words === '' || build.waiting?.reason === 'retry') return words;
  return `attempt ${retry.attempt}: ${words}`;
}

function currentText(build: BuildState): string {
  if (build.waiting !== undefined) {
    const { reason, message } = build.waiting;
    return `waiting: ${oneLine(message === undefined || message === '' ? reason : message)}`;
  }
  switch (build.phase) {
    case 'queued':
      return 'queued';
    case 'preflight':
      return 'checking';
    case 'context':
      return contextText(build);
    case 'pod':
      return podText(build);
    case 'executor':
      return executorText(build);
    case 'settling':
      return 'cleaning up';
    default:
      return '';
  }
}

/** Bytes of the context are moving, to the bucket or to the executor. */
export function isDelivering({ packing, upload }: BuildState): boolean {
  return packing?.isDone === false || upload?.isDone === false;
}

function contextText({ packing, upload }: BuildState): string {
  if (packing === undefined) return 'packing context';
  if (!packing.isDone || upload === undefined) return `packing ${packText(packing)}`;
  return `uploading ${uploadText(upload)}`;
}

function podText({ pod, packing, upload }: BuildState): string {
  // The pod is launched meanwhile, and waits for it.
  if (upload?.isDone === false) return `uploading ${uploadText(upload)}`;
  switch (pod?.status) {
    case undefined:
      return 'creating pod';
    case 'created':
      return 'waiting for a node';
    case 'scheduled':
      return 'starting pod';
    case 'pulling':
      return 'pulling executor';
    default:
      return packing === undefined || packing.isDone ? 'starting executor' : `sending ${packText(packing)}`;
  }
}

function executorText(build: BuildState): string {
  const { activity, position, packing } = build;
  if (activity !== undefined) {
    const isCommand = activity.phase === 'run' || activity.phase === 'copy';
    if (isCommand && position.instruction !== undefined) return oneLine(position.instruction);
    const detail = activity.detail === undefined ? '' : ` ${oneLine(activity.detail)}`;
    return `${phaseText(activity.phase)}${detail}`;
  }
  if (position.instruction !== undefined) return oneLine(position.instruction);
  if (packing?.isDone === false) return `sending ${packText(packing)}`;
  return 'running';
}
