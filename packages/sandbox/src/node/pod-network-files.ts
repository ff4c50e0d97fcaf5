import type { DnsConfig, PodSpec } from './pod-spec.ts';

/** Pods share the machine's network, so its names hold for them, as for a pod with `hostNetwork`; those of the pod come after them. */
export function hostsFile(machine: string, hostname: string, { hostAliases = [] }: PodSpec): string {
  const own = hostAliases.map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t'));
  return [
    '# Kubernetes-managed hosts file (host network).',
    machine.trimEnd(),
    `127.0.0.1\t${hostname}`,
    ...(own.length === 0 ? [] : ['', '# Entries added by HostAliases.', ...own]),
    '',
  ].join('\n');
}

/** The kubelet's rule: `None` takes what the pod says alone, every other policy adds it to what the node has. */
export function resolverFile(machine: string, { dnsPolicy, dnsConfig }: PodSpec): string {
  if (dnsConfig === undefined && dnsPolicy !== 'None') return machine;
  const node = dnsPolicy === 'None' ? {} : parseResolver(machine);
  const merged = (field: 'nameservers' | 'searches'): readonly string[] => [
    ...new Set([...(node[field] ?? []), ...(dnsConfig?.[field] ?? [])]),
  ];
  const options = new Map(
    [...(node.options ?? []), ...(dnsConfig?.options ?? [])].map(({ name, value }) => [name, value]),
  );
  const searches = merged('searches');
  return [
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...merged('nameservers').map((server) => `nameserver ${server}`),
    ...(options.size === 0 ? [] : [`options ${[...options].map(optionText).join(' ')}`]),
    '',
  ].join('\n');
}

function optionText([name, value]: readonly [string, string | undefined]): string {
  return value === undefined || value === '' ? name : `${name}:${value}`;
}

function parseResolver(text: string): DnsConfig {
  const words = text.split('\n').map((line) => line.trim().split(/\s+/));
  const of = (key: string): readonly string[] =>
    words.filter(([first]) => first === key).flatMap((line) => line.slice(1));
  return {
    nameservers: of('nameserver'),
    searches: of('search'),
    options: of('options').map((option) => {
      const [name = '', value] = option.split(':');
      return value === undefined ? { name } : { name, value };
    }),
  };
}
