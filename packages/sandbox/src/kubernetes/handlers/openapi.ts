import { resourceTypes, type ResourceType } from '../resources.ts';

/**
 * The OpenAPI v3 documents, as far as `kubectl apply` and `create` need them: that the server validates fields itself. Schemas are left
 * out; kubectl then merges with the types it was built with.
 */
export function openApi(path: string): unknown {
  if (path === '/openapi/v3')
    return { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=1' } } };
  if (path !== '/openapi/v3/api/v1') return undefined;
  const types = resourceTypes.filter((type) => type.group === '' && type.schema !== undefined);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.34.4' },
    paths: Object.fromEntries(types.map((type) => [pathOf(type), { patch: patchOperation(type) }])),
    components: { schemas: {} },
  };
}

function pathOf(type: ResourceType): string {
  const collection = type.isNamespaced ? `namespaces/{namespace}/${type.plural}` : type.plural;
  return `/api/v1/${collection}/{name}`;
}

function patchOperation(type: ResourceType): unknown {
  return {
    operationId: `patchCoreV1${type.isNamespaced ? 'Namespaced' : ''}${type.kind}`,
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
      name,
      in: 'query',
      schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
    })),
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group: '', kind: type.kind, version: 'v1' },
  };
}
