import type { ApiObject } from './objects.ts';
import { badRequest } from './status-error.ts';

export type Selector = (object: ApiObject) => boolean;

/** The selector of a list, watch or deletecollection request. */
export function parseSelectors(plural: string, query: URLSearchParams): Selector {
  const byLabel = parseLabelSelector(query.get('labelSelector') ?? '');
  const byField = parseFieldSelector(plural, query.get('fieldSelector') ?? '');
  return (object) => byLabel(object) && byField(object);
}

/**
 * `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
 *
 * @throws StatusError 400 when it can't be parsed
 */
function parseLabelSelector(text: string): Selector {
  const requirements = splitRequirements(text).map(parseRequirement);
  return ({ metadata: { labels = {} } }) => requirements.every((accepts) => accepts(labels));
}

type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

function parseRequirement(text: string): Requirement {
  const set = /^([^\s!=]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, values = ''] = set;
    const wanted = values.split(',').map((value) => value.trim());
    return (labels) => {
      const value = labels[key];
      return operator === 'in'
        ? value !== undefined && wanted.includes(value)
        : value === undefined || !wanted.includes(value);
    };
  }
  const compared = /^([^\s!=]+)\s*(==|=|!=)\s*([^\s!=]*)$/.exec(text);
  if (compared !== null) {
    const [, key = '', operator, value] = compared;
    return (labels) => (operator === '!=' ? labels[key] !== value : labels[key] === value);
  }
  const absent = /^!\s*([^\s!=()]+)$/.exec(text);
  if (absent !== null) return (labels) => labels[absent[1]!] === undefined;
  if (/^[^\s!=()]+$/.test(text)) return (labels) => labels[text] !== undefined;
  throw badRequest(
    `unable to parse requirement: found '${text}', expected: in, notin, =, ==, !=, or a label key`,
  );
}

function splitRequirements(text: string): string[] {
  const parts = text.match(/(?:\([^()]*\)|[^,(])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

const podFields = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
];
const eventFields = [
  ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
    (field) => `involvedObject.${field}`,
  ),
  'reason',
  'reportingComponent',
  'source',
  'type',
];
const selectableFields: Readonly<Record<string, readonly string[]>> = {
  pods: podFields,
  events: eventFields,
  secrets: ['type'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
};

function parseFieldSelector(plural: string, text: string): Selector {
  const terms = text.split(',').filter((term) => term !== '');
  const checks = terms.map((term) => {
    const match = /^([^!=]+)(==|=|!=)(.*)$/.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value] = match;
    const isKnown = field === 'metadata.name' || field === 'metadata.namespace';
    if (!isKnown && !(selectableFields[plural] ?? []).includes(field))
      throw badRequest(`field label not supported: ${field}`);
    return (object: ApiObject) => (readField(object, field) === value) === (operator !== '!=');
  });
  return (object) => checks.every((check) => check(object));
}

function readField(object: ApiObject, field: string): string {
  if (field === 'source') return (object['source'] as { component?: string } | undefined)?.component ?? '';
  let value: unknown = object;
  for (const name of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value === undefined || value === null ? '' : String(value as string | number | boolean);
}
