import type { Container } from '../objects.ts';
import type { StatusCause } from '../status-error.ts';
import { duplicate, forbiddenField, invalidValue, notSupported, required, valueNotFound } from './causes.ts';
import { portNameProblems, qualifiedNameProblems } from './formats.ts';
import { descendingPathCauses } from './paths.ts';

type Fields = Readonly<Record<string, unknown>>;

const largestId = 2 ** 31 - 1;

export function mountCauses(
  container: Container,
  field: string,
  volumes: ReadonlySet<string>,
): StatusCause[] {
  const paths = new Set<string>();
  return (container.volumeMounts ?? []).flatMap((mount, index) => {
    const at = `${field}.volumeMounts[${index}]`;
    const { subPath = '', subPathExpr = '' } = mount as { subPath?: string; subPathExpr?: string };
    const causes: StatusCause[] = [];
    if ((mount.name ?? '') === '') causes.push(required(`${at}.name`));
    else if (!volumes.has(mount.name)) causes.push(valueNotFound(`${at}.name`, mount.name));
    if ((mount.mountPath ?? '') === '') causes.push(required(`${at}.mountPath`));
    else if (paths.has(mount.mountPath))
      causes.push(invalidValue(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    // The API server names these without the position in the list.
    const mounts = `${field}.volumeMounts`;
    if (subPath !== '') causes.push(...descendingPathCauses(subPath, `${mounts}.subPath`));
    if (subPathExpr !== '') causes.push(...descendingPathCauses(subPathExpr, `${mounts}.subPathExpr`));
    causes.push(...propagationCauses(mount, container['securityContext'], mounts));
    if (subPath !== '' && subPathExpr !== '')
      causes.push(
        invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
      );
    return causes;
  });
}

function propagationCauses(mount: Fields, security: unknown, field: string): StatusCause[] {
  const {
    mountPropagation: spread,
    recursiveReadOnly: recursive,
    readOnly = false,
  } = mount as {
    readonly mountPropagation?: string;
    readonly recursiveReadOnly?: string;
    readonly readOnly?: boolean;
  };
  const causes: StatusCause[] = [];
  const at = `${field}.mountPropagation`;
  if (spread !== undefined && !['Bidirectional', 'HostToContainer', 'None'].includes(spread))
    causes.push(notSupported(at, spread, ['Bidirectional', 'HostToContainer', 'None']));
  if (spread === 'Bidirectional' && (security as Fields | undefined)?.['privileged'] !== true)
    causes.push(
      forbiddenField(at, 'Bidirectional mount propagation is available only to privileged containers'),
    );
  if (recursive === undefined || recursive === 'Disabled') return causes;
  const below = `${field}.recursiveReadOnly`;
  if (recursive !== 'Enabled' && recursive !== 'IfPossible')
    return [...causes, notSupported(below, recursive, ['Disabled', 'Enabled', 'IfPossible'])];
  if (readOnly !== true) causes.push(forbiddenField(below, 'may only be specified when readOnly is true'));
  if (spread !== undefined && spread !== 'None')
    causes.push(
      forbiddenField(below, 'may only be specified when mountPropagation is None or not specified'),
    );
  return causes;
}

/** Ids of users and groups. */
export function userCauses(context: unknown, field: string, names: readonly string[]): StatusCause[] {
  const given = (context ?? {}) as Fields;
  return names.flatMap((name) => {
    const id = given[name];
    if (typeof id !== 'number' || (id >= 0 && id <= largestId)) return [];
    return [invalidValue(`${field}.${name}`, id, `must be between 0 and ${largestId}, inclusive`)];
  });
}

interface PortFields {
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol?: string;
  readonly hostIP?: string;
  readonly name?: string;
}

export function portCauses(ports: unknown, field: string): StatusCause[] {
  const names = new Set<unknown>();
  const hostPorts = new Set<string>();
  return listOf(ports).flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const causes: StatusCause[] = [];
    const { containerPort = 0, hostPort, protocol = 'TCP', hostIP = '', name } = port as PortFields;
    if (containerPort === 0) causes.push(required(`${at}.containerPort`));
    else causes.push(...portNumberCauses(containerPort, `${at}.containerPort`));
    if (hostPort !== undefined && hostPort !== 0)
      causes.push(...portNumberCauses(hostPort, `${at}.hostPort`));
    const taken = `${protocol}/${hostIP}/${hostPort}`;
    if (hostPorts.has(taken)) causes.push(duplicate(`${at}.hostPort`, taken));
    if (hostPort !== undefined && hostPort !== 0) hostPorts.add(taken);
    if (!['SCTP', 'TCP', 'UDP'].includes(protocol))
      causes.push(notSupported(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
    if (name !== undefined && name !== '')
      causes.push(...portNameProblems(name).map((problem) => invalidValue(`${at}.name`, name, problem)));
    if (name !== undefined && names.has(name)) causes.push(duplicate(`${at}.name`, name));
    names.add(name);
    return causes;
  });
}

function portNumberCauses(port: unknown, field: string): StatusCause[] {
  const isPort = typeof port === 'number' && port >= 1 && port <= 65_535;
  return isPort ? [] : [invalidValue(field, port, 'must be between 1 and 65535, inclusive')];
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function tolerationCauses(tolerations: unknown): StatusCause[] {
  return listOf(tolerations).flatMap((toleration, index) => {
    const at = `spec.tolerations[${index}]`;
    const { key = '', operator = 'Equal', value = '', effect = '', tolerationSeconds } = toleration;
    const causes: StatusCause[] =
      key === ''
        ? []
        : qualifiedNameProblems(String(key)).map((problem) => invalidValue(`${at}.key`, key, problem));
    if (key === '' && operator !== 'Exists')
      causes.push(
        invalidValue(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      causes.push(
        invalidValue(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      );
    if (operator === 'Exists' && value !== '')
      causes.push(invalidValue(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    if (operator !== 'Exists' && operator !== 'Equal' && operator !== '')
      causes.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect !== '' && !effects.includes(String(effect)))
      causes.push(notSupported(`${at}.effect`, effect, effects.toSorted()));
    return causes;
  });
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}
