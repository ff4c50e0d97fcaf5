import { isIP } from 'node:net';
import type { PodSpec } from '../objects.ts';
import type { StatusCause } from '../status-error.ts';
import { invalidValue, required } from './causes.ts';
import { dnsSubdomainProblems } from './formats.ts';

interface NetworkFields {
  readonly dnsPolicy?: string;
  readonly dnsConfig?: {
    readonly nameservers?: readonly string[];
    readonly searches?: readonly string[];
    readonly options?: readonly { readonly name?: string }[];
  };
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
}

const mostNameservers = 3;
const mostSearches = 32;

/** What is wrong with the host names and the resolver of a pod. */
export function networkCauses(spec: PodSpec): StatusCause[] {
  const { dnsPolicy, dnsConfig, hostAliases = [] } = spec as NetworkFields;
  return [
    ...(dnsPolicy === 'None' && dnsConfig === undefined
      ? [required('spec.dnsConfig', 'must provide `dnsConfig` when `dnsPolicy` is None')]
      : []),
    ...(dnsConfig === undefined ? [] : resolverCauses(dnsConfig, dnsPolicy, 'spec.dnsConfig')),
    ...hostAliases.flatMap(({ ip = '', hostnames = [] }, index) => [
      ...addressCauses(ip, `spec.hostAliases[${index}].ip`),
      ...hostnames.flatMap((name, at) =>
        dnsSubdomainProblems(name).map((problem) =>
          invalidValue(`spec.hostAliases[${index}].hostnames[${at}]`, name, problem),
        ),
      ),
    ]),
  ];
}

function resolverCauses(
  { nameservers = [], searches = [], options = [] }: NonNullable<NetworkFields['dnsConfig']>,
  policy: string | undefined,
  field: string,
): StatusCause[] {
  const causes: StatusCause[] = [];
  if (policy === 'None' && nameservers.length === 0)
    causes.push(
      required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
    );
  if (nameservers.length > mostNameservers)
    causes.push(
      invalidValue(
        `${field}.nameservers`,
        nameservers,
        `must not have more than ${mostNameservers} nameservers`,
      ),
    );
  causes.push(...nameservers.flatMap((ip, index) => addressCauses(ip, `${field}.nameservers[${index}]`)));
  if (searches.length > mostSearches)
    causes.push(
      invalidValue(`${field}.searches`, searches, `must not have more than ${mostSearches} search paths`),
    );
  options.forEach(({ name = '' }, index) => {
    if (name === '') causes.push(required(`${field}.options[${index}]`, 'must not be empty'));
  });
  return causes;
}

function addressCauses(ip: string, field: string): StatusCause[] {
  return isIP(ip) === 0
    ? [invalidValue(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
    : [];
}
