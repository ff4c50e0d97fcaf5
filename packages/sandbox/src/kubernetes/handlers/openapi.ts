import { apiVersionOf, resourceTypes, type ResourceType } from '../resources.ts';

/**
 * The OpenAPI v3 documents, as far as `kubectl apply` and `create` need them: that the server validates fields itself. Schemas are left
 * out; kubectl then merges with the types it was built with.
 */
export function openApi(path: string): unknown {
  const documents = new Map(writable().map((type) => [documentOf(type), type.group]));
  if (path === '/openapi/v3') {
    const paths = [...documents.keys()].map((name) => [
      name,
      { serverRelativeURL: `/openapi/v3/${name}?hash=1` },
    ]);
    return { paths: Object.fromEntries(paths) as unknown };
  }
  const group = documents.get(path.replace(/^\/openapi\/v3\//, ''));
  if (group === undefined) return undefined;
  const types = writable().filter((type) => type.group === group);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.34.4' },
    paths: Object.fromEntries(types.map((type) => [pathOf(type), { patch: patchOperation(type) }])),
    components: { schemas: {} },
  };
}

function writable(): readonly ResourceType[] {
  return resourceTypes.filter((type) => type.schema !== undefined && type.verbs.includes('patch'));
}

/** `api/v1`, `apis/batch/v1`. */
function documentOf(type: ResourceType): string {
  return `${type.group === '' ? 'api' : 'apis'}/${apiVersionOf(type)}`;
}

function pathOf(type: ResourceType): string {
  const collection = type.isNamespaced ? `namespaces/{namespace}/${type.plural}` : type.plural;
  return `/${documentOf(type)}/${collection}/{name}`;
}

function patchOperation(type: ResourceType): unknown {
  const group = type.group === '' ? 'Core' : pascal(type.group.split('.')[0] ?? '');
  return {
    operationId: `patch${group}V1${type.isNamespaced ? 'Namespaced' : ''}${type.kind}`,
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
      name,
      in: 'query',
      schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
    })),
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group: type.group, kind: type.kind, version: 'v1' },
  };
}

function pascal(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
