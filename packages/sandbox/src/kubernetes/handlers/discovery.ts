import { parseMediaTypes } from '../http/media-type.ts';
import { kubernetesVersion } from '../pods/sandbox-node.ts';
import { groups, resourceTypes, type ResourceType } from '../resources.ts';

/** The answer to a discovery path, or undefined when it is none. */
export function discover(path: string, accept: string | undefined, server: string): unknown {
  const isAggregated = parseMediaTypes(accept).some(
    ({ parameters }) => parameters['as'] === 'APIGroupDiscoveryList' && parameters['v'] === 'v2',
  );
  switch (path.replace(/\/$/, '')) {
    case '/version':
      return version();
    case '/api':
      return isAggregated ? aggregated(['']) : coreVersions(server);
    case '/apis':
      return isAggregated ? aggregated(groups) : groupList();
    case '/api/v1':
      return resourceList('');
    default:
      return discoverGroup(path.replace(/\/$/, ''));
  }
}

/** The media type of an aggregated answer, which clients check. */
export const aggregatedMediaType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

function discoverGroup(path: string): unknown {
  for (const group of groups) {
    if (path === `/apis/${group}`) return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) };
    if (path === `/apis/${group}/v1`) return resourceList(group);
  }
  return undefined;
}

function version(): unknown {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion)!;
  return {
    major,
    minor,
    gitVersion: `${kubernetesVersion}+kanikit.sandbox`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: 'linux/amd64',
  };
}

function coreVersions(server: string): unknown {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: server }],
  };
}

function groupList(): unknown {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) };
}

function groupEntry(name: string): object {
  const entry = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [entry], preferredVersion: entry };
}

function resourceList(group: string): unknown {
  const resources = resourceTypes
    .filter((type) => type.group === group)
    .flatMap((type) => [
      {
        name: type.plural,
        singularName: type.singular,
        namespaced: type.isNamespaced,
        kind: type.kind,
        verbs: type.verbs,
        ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
        ...(type.plural === 'pods' ? { categories: ['all'] } : {}),
      },
      ...type.subresources.map(({ name, kind, verbs }) => ({
        name: `${type.plural}/${name}`,
        singularName: '',
        namespaced: type.isNamespaced,
        kind,
        verbs,
      })),
    ]);
  const groupVersion = group === '' ? 'v1' : `${group}/v1`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function aggregated(names: readonly string[]): unknown {
  const items = names.map((group) => ({
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: [
      {
        version: 'v1',
        freshness: 'Current',
        resources: resourceTypes.filter((type) => type.group === group).map(aggregatedResource),
      },
    ],
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(type: ResourceType): unknown {
  const responseKind = (kind: string) => ({ group: type.group, version: 'v1', kind });
  return {
    resource: type.plural,
    responseKind: responseKind(type.kind),
    scope: type.isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
    ...(type.plural === 'pods' ? { categories: ['all'] } : {}),
    ...(type.subresources.length === 0
      ? {}
      : {
          subresources: type.subresources.map(({ name, kind, verbs }) => ({
            subresource: name,
            responseKind: responseKind(kind),
            verbs,
          })),
        }),
  };
}
