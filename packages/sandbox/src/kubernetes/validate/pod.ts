import { parseQuantity } from '@kanikit/spec';
import type { Container, Pod, PodSpec } from '../objects.ts';
import type { StatusCause } from '../status-error.ts';
import { duplicate, forbiddenField, invalidValue, notSupported, required } from './causes.ts';
import { envCauses, envFromCauses } from './env.ts';
import { dnsLabelProblems, dnsSubdomainProblems, qualifiedNameProblems } from './formats.ts';
import { labelCauses } from './metadata.ts';
import { mountCauses, portCauses, tolerationCauses, userCauses } from './container-parts.ts';
import { networkCauses } from './pod-network.ts';
import { volumeCauses } from './volumes.ts';

/** What is wrong with a (defaulted) pod, in the API server's words; the checks that users of executors run into. */
export function podCauses(pod: Pod): StatusCause[] {
  const { spec } = pod;
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name));
  const names = new Set<string>();
  return [
    ...volumeCauses(spec.volumes ?? []),
    ...(spec.containers.length === 0 ? [required('spec.containers')] : []),
    ...spec.containers.flatMap((container, index) =>
      containerCauses(container, `spec.containers[${index}]`, names, volumes),
    ),
    ...(spec.initContainers ?? []).flatMap((container, index) =>
      containerCauses(container, `spec.initContainers[${index}]`, names, volumes),
    ),
    ...oneOf('spec.restartPolicy', spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf('spec.dnsPolicy', spec['dnsPolicy'], [
      'ClusterFirst',
      'ClusterFirstWithHostNet',
      'Default',
      'None',
    ]),
    ...choiceCauses(spec),
    ...labelCauses(spec.nodeSelector ?? {}, 'spec.nodeSelector'),
    ...userCauses(spec['securityContext'], 'spec.securityContext', ['runAsUser', 'runAsGroup', 'fsGroup']),
    ...nameCauses(spec),
    ...networkCauses(spec),
    ...(Array.isArray(spec['ephemeralContainers']) && spec['ephemeralContainers'].length > 0
      ? [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')]
      : []),
    ...tolerationCauses(spec['tolerations']),
    ...deadlineCauses(spec.activeDeadlineSeconds),
    ...graceCauses(spec.terminationGracePeriodSeconds),
  ];
}

function choiceCauses(spec: PodSpec): StatusCause[] {
  const security = (spec['securityContext'] ?? {}) as Readonly<Record<string, unknown>>;
  const at = 'spec.securityContext';
  const groups = (security['supplementalGroups'] ?? []) as readonly number[];
  return [
    ...oneOf('spec.preemptionPolicy', spec['preemptionPolicy'], ['PreemptLowerPriority', 'Never']),
    ...oneOf('spec.os', (spec['os'] as { readonly name?: string } | undefined)?.name, ['linux', 'windows']),
    ...oneOf(`${at}.fsGroupChangePolicy`, security['fsGroupChangePolicy'], ['Always', 'OnRootMismatch']),
    ...oneOf(`${at}.supplementalGroupsPolicy`, security['supplementalGroupsPolicy'], ['Merge', 'Strict']),
    ...groups.flatMap((id, index) =>
      userCauses({ [`supplementalGroups[${index}]`]: id }, at, [`supplementalGroups[${index}]`]),
    ),
  ];
}

function containerCauses(
  container: Container,
  field: string,
  names: Set<string>,
  volumes: ReadonlySet<string>,
): StatusCause[] {
  return [
    ...containerNameCauses(container.name ?? '', `${field}.name`, names),
    ...imageCauses(container.image ?? '', `${field}.image`),
    ...envCauses(container.env, `${field}.env`),
    ...envFromCauses(container['envFrom'], `${field}.envFrom`),
    ...mountCauses(container, field, volumes),
    ...portCauses(container['ports'], `${field}.ports`),
    ...userCauses(container['securityContext'], `${field}.securityContext`, ['runAsUser', 'runAsGroup']),
    ...oneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...oneOf(`${field}.terminationMessagePolicy`, container['terminationMessagePolicy'], [
      'FallbackToLogsOnError',
      'File',
    ]),
    ...resourceCauses(container, `${field}.resources`),
  ];
}

function containerNameCauses(name: string, field: string, names: Set<string>): StatusCause[] {
  if (name === '') return [required(field)];
  const problems = dnsLabelProblems(name).map((problem) => invalidValue(field, name, problem));
  if (names.has(name)) problems.push(duplicate(field, name));
  names.add(name);
  return problems;
}

function imageCauses(image: string, field: string): StatusCause[] {
  if (image === '') return [required(field)];
  return image.trim() === image
    ? []
    : [invalidValue(field, image, 'must not have leading or trailing whitespace')];
}

function resourceCauses(container: Container, field: string): StatusCause[] {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const negative = Object.entries({ requests, limits }).flatMap(([group, amounts]) =>
    Object.entries(amounts)
      .filter(([, amount]) => (parseQuantity(amount) ?? 0) < 0)
      .map(([name, amount]) =>
        invalidValue(`${field}.${group}[${name}]`, amount, 'must be greater than or equal to 0'),
      ),
  );
  const over = Object.entries(requests)
    .filter(
      ([name, amount]) => limits[name] !== undefined && parseQuantity(amount)! > parseQuantity(limits[name])!,
    )
    .map(([name, amount]) =>
      invalidValue(
        `${field}.requests`,
        amount,
        `must be less than or equal to ${name} limit of ${limits[name]}`,
      ),
    );
  return [...nameOfResourceCauses({ requests, limits }, field), ...negative, ...over];
}

function nameCauses(spec: PodSpec): StatusCause[] {
  const check = (name: string, problemsOf: (value: string) => string[]): StatusCause[] => {
    const value = spec[name];
    if (typeof value !== 'string' || value === '') return [];
    return problemsOf(value).map((problem) => invalidValue(`spec.${name}`, value, problem));
  };
  return [
    ...check('hostname', dnsLabelProblems),
    ...check('subdomain', dnsLabelProblems),
    ...check('nodeName', dnsSubdomainProblems),
    ...check('serviceAccountName', dnsSubdomainProblems),
    ...check('priorityClassName', dnsSubdomainProblems),
    ...check('runtimeClassName', dnsSubdomainProblems),
  ];
}

const containerResources = /^(?:cpu|memory|ephemeral-storage|hugepages-.*)$/;
/** Names without a domain that exist, but not for containers. */
const otherResources =
  /^(?:(?:requests|limits)\.(?:cpu|memory|ephemeral-storage|storage)|storage|pods|services)$/;

function nameOfResourceCauses(
  groups: Readonly<Record<string, Readonly<Record<string, string>>>>,
  field: string,
): StatusCause[] {
  return Object.entries(groups).flatMap(([group, amounts]) =>
    Object.keys(amounts).flatMap((name) => {
      const at = `${field}.${group}[${name}]`;
      const problems = qualifiedNameProblems(name);
      if (!name.includes('/') && !containerResources.test(name)) {
        if (problems.length === 0 && !otherResources.test(name))
          problems.push('must be a standard resource type or fully qualified');
        problems.push('must be a standard resource for containers');
      }
      return problems.map((problem) => invalidValue(at, name, problem));
    }),
  );
}

function deadlineCauses(seconds: number | undefined): StatusCause[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= 2 ** 31 - 1)) return [];
  const range = `must be between 1 and ${2 ** 31 - 1}, inclusive`;
  return [invalidValue('spec.activeDeadlineSeconds', seconds, range)];
}

function graceCauses(seconds: number | undefined): StatusCause[] {
  if (seconds === undefined || seconds >= 0) return [];
  const field = 'spec.terminationGracePeriodSeconds';
  return [invalidValue(field, seconds, 'must be greater than or equal to 0')];
}

function oneOf(field: string, value: unknown, supported: readonly string[]): StatusCause[] {
  if (value === undefined || (typeof value === 'string' && supported.includes(value))) return [];
  return [notSupported(field, value, supported)];
}
