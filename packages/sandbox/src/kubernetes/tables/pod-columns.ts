import type { Pod } from '../objects.ts';
import { ageOf } from './age.ts';
import type { Column } from './column.ts';

/** What `kubectl get pods` shows. */
export const podColumns: readonly Column[] = [
  { name: 'Name', format: 'name', cell: (object) => object.metadata.name },
  { name: 'Ready', cell: (object) => readiness(object as Pod) },
  { name: 'Status', cell: (object) => podStatusText(object as Pod) },
  { name: 'Restarts', type: 'string', cell: (object) => String(restarts(object as Pod)) },
  { name: 'Age', cell: (object, now) => ageOf(object.metadata.creationTimestamp, now) },
  { name: 'IP', priority: 1, cell: (object) => (object as Pod).status.podIP ?? '<none>' },
  { name: 'Node', priority: 1, cell: (object) => (object as Pod).spec.nodeName ?? '<none>' },
  { name: 'Nominated Node', priority: 1, cell: () => '<none>' },
  { name: 'Readiness Gates', priority: 1, cell: () => '<none>' },
];

/** The STATUS column: the phase, or what says more. */
function podStatusText(pod: Pod): string {
  const { status, metadata } = pod;
  if (metadata.deletionTimestamp !== undefined && !['Succeeded', 'Failed'].includes(status.phase ?? ''))
    return 'Terminating';
  let text = status.reason ?? status.phase ?? 'Unknown';
  for (const { state, ready } of (status.containerStatuses ?? []).toReversed()) {
    if (state?.waiting?.reason !== undefined && state.waiting.reason !== '') text = state.waiting.reason;
    else if (state?.terminated !== undefined) {
      const { reason, signal, exitCode } = state.terminated;
      if (reason !== undefined && reason !== '') text = reason;
      else text = signal === undefined || signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`;
    } else if (state?.running !== undefined && ready === true && text === 'Completed') text = 'Running';
  }
  return text;
}

function readiness(pod: Pod): string {
  const ready = (pod.status.containerStatuses ?? []).filter(
    (status) => status.ready === true && status.state?.running !== undefined,
  ).length;
  return `${ready}/${pod.spec.containers.length}`;
}

function restarts(pod: Pod): number {
  return (pod.status.containerStatuses ?? []).reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
}
