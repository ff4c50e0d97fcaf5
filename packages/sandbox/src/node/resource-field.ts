import { availableParallelism, totalmem } from 'node:os';
import { KanikitError, parseQuantity } from '@kanikit/spec';
import type { ContainerSpec, PodSpec, ResourceReference } from './pod-spec.ts';

/** The value of a `resourceFieldRef`: an amount in units of the divisor, rounded up. A limit that is not set is what the node has. */
export function readResource(reference: ResourceReference, spec: PodSpec, own?: ContainerSpec): string {
  const { containerName, resource, divisor = '1' } = reference;
  const container = containerName ? spec.containers.find(({ name }) => name === containerName) : own;
  if (container === undefined) throw configError(`container ${containerName ?? ''} not found`);
  const [, group, name] = /^(limits|requests)\.(cpu|memory|ephemeral-storage)$/.exec(resource) ?? [];
  if (group === undefined || name === undefined)
    throw configError(`unsupported container resource : ${resource}`);
  const { limits = {}, requests = {} } = container.resources ?? {};
  const amount = parseQuantity((group === 'limits' ? limits : requests)[name]);
  const value = amount ?? (group === 'limits' ? onNode(name) : 0);
  // Thousandths keep `100m / 1m` a whole number.
  const unit = parseQuantity(divisor) || 1;
  return String(Math.ceil(Math.round((value / unit) * 1000) / 1000));
}

function onNode(name: string): number {
  return { cpu: availableParallelism(), memory: totalmem() }[name] ?? 0;
}

function configError(message: string): KanikitError {
  return new KanikitError({ code: 'container-config', message });
}
