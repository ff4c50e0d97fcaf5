import { KanikitError, type PodLaunch } from '@kanikit/spec';
import { labelKeys, managerName } from '../layout/labels.ts';

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * Name, labels and annotations that the objects of a launch share.
 *
 * @throws KanikitError `pod-invalid` for a name or label that Kubernetes would refuse
 */
export function objectMetadata(
  launch: PodLaunch,
  namespace: string,
  clientId: string,
): Readonly<Record<string, unknown>> {
  if (!dnsLabel.test(launch.name)) {
    throw new KanikitError({
      code: 'pod-invalid',
      message: `Naming the pod of build ${launch.buildId}: "${launch.name}" is not a name that Kubernetes takes.`,
      hint: 'Use lower-case letters, digits and "-" between them, 63 at most.',
    });
  }
  const labels: Record<string, string> = {
    ...launch.labels,
    [labelKeys.managedBy]: managerName,
    [labelKeys.run]: launch.runId,
    [labelKeys.build]: launch.buildId,
    ...(launch.attempt === undefined ? {} : { [labelKeys.attempt]: String(launch.attempt) }),
    [labelKeys.client]: clientId,
  };
  for (const [key, value] of Object.entries(labels)) {
    if (labelValue.test(value)) continue;
    throw new KanikitError({
      code: 'pod-invalid',
      message: `Labelling the pod of build ${launch.buildId}: "${value}" is no value for the label ${key}.`,
      hint: 'Use letters, digits and "-", "_" or "." between them, 63 at most.',
    });
  }
  return {
    name: launch.name,
    namespace,
    labels,
    ...(Object.keys(launch.annotations).length === 0 ? {} : { annotations: launch.annotations }),
  };
}
