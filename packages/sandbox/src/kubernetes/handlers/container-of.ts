import type { ContainerStatus, Pod } from '../objects.ts';
import { badRequest } from '../status-error.ts';

/**
 * The container a log or attach request means.
 *
 * @throws StatusError 400 when the pod has several and none is named, or not the one named
 */
export function containerOf(pod: Pod, name: string): string {
  const containers = pod.spec.containers.map((container) => container.name);
  const init = (pod.spec.initContainers ?? []).map((container) => container.name);
  if (name === '' && containers.length === 1) return containers[0]!;
  if (name === '') {
    const others = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`;
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${containers.join(' ')}]${others}`,
    );
  }
  if ([...containers, ...init].includes(name)) return name;
  throw badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`);
}

export function containerStatusOf(pod: Pod, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
  return [...containerStatuses, ...initContainerStatuses].find((status) => status.name === container);
}
