import { randomBytes, randomUUID } from 'node:crypto';
import { qosClassOf, withDefaults } from '../defaults.ts';
import { type Answer } from '../http/answer.ts';
import { readJson } from '../http/body.ts';
import { apiTime, type ApiObject, type Pod } from '../objects.ts';
import { coreResource, type ResourceType } from '../resources.ts';
import { admitQuota } from '../quota/admit-quota.ts';
import { alreadyExists, badRequest, forbidden, notFound, StatusError } from '../status-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { validateNew } from '../validate/validate.ts';
import type { ApiContext, Call } from './context.ts';
import { isDryRun, readObject } from './read-object.ts';

/** `POST` to a collection. */
export async function createObject(context: ApiContext, call: Call): Promise<Answer> {
  const { type, query, namespace } = call.info;
  const { object: sent, warnings } = readObject(type, await readJson(call.request), query);
  const object = prepareNew(context.store, type, sent, namespace, context.now());
  const isKept = !isDryRun(query.getAll('dryRun'));
  return {
    code: 201,
    body: isKept ? context.store.put(type.plural, object) : withoutVersion(object),
    warnings,
  };
}

/**
 * What a new object becomes before it is stored: named, with defaults, admitted and checked.
 *
 * @throws StatusError as the API server answers
 */
export function prepareNew(
  store: ObjectStore,
  type: ResourceType,
  sent: ApiObject,
  namespace: string,
  now: number,
): ApiObject {
  const named = withDefaults(type.kind, withNewMetadata(type, sent, namespace, now));
  if (type.isNamespaced) admitToNamespace(store, type, named);
  const object = withFirstStatus(type, named);
  if (type.kind === 'Pod') admitPod(store, object as Pod);
  validateNew(type, object);
  const { name } = object.metadata;
  if (store.get(type.plural, object.metadata.namespace, name) !== undefined) throw alreadyExists(type, name);
  admitQuota(store, type, object);
  return object;
}

function withNewMetadata(type: ResourceType, sent: ApiObject, namespace: string, now: number): ApiObject {
  const { metadata } = sent;
  if (type.isNamespaced && metadata.namespace !== undefined && metadata.namespace !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  if ((metadata.resourceVersion ?? '') !== '')
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  const {
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds: _grace,
    managedFields: _managed,
    namespace: _namespace,
    ...kept
  } = metadata;
  return {
    ...sent,
    metadata: {
      ...kept,
      name: metadata.name === '' ? generatedName(metadata.generateName) : metadata.name,
      ...(type.isNamespaced ? { namespace } : {}),
      uid: randomUUID(),
      creationTimestamp: apiTime(now),
      ...(type.kind === 'Pod' ? { generation: 1 } : {}),
      resourceVersion: '',
    },
  };
}

function generatedName(prefix: string | undefined): string {
  if (prefix === undefined || prefix === '') return '';
  // The API server's alphabet: no vowels, so that no words come out.
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const suffix = [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join('');
  return `${prefix.slice(0, 58)}${suffix}`;
}

function withFirstStatus(type: ResourceType, object: ApiObject): ApiObject {
  if (type.kind === 'Namespace') return { ...object, status: { phase: 'Active' } };
  if (type.kind === 'Job') return { ...object, status: {} };
  if (type.kind !== 'Pod') return object;
  return { ...object, status: { phase: 'Pending', qosClass: qosClassOf((object as Pod).spec) } };
}

function admitToNamespace(store: ObjectStore, type: ResourceType, object: ApiObject): void {
  const { namespace = '', name } = object.metadata;
  const found = store.get('namespaces', undefined, namespace);
  if (found === undefined) throw notFound(coreResource('namespaces'), namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbidden(
    type,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
}

function admitPod(store: ObjectStore, pod: Pod): void {
  const { name, namespace } = pod.metadata;
  const { serviceAccountName: account = 'default', priorityClassName, runtimeClassName } = pod.spec;
  const refuse = (why: string) => forbidden(coreResource('pods'), name, why);
  if (store.get('serviceaccounts', namespace, account) === undefined)
    throw refuse(
      `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`,
    );
  if (priorityClassName !== undefined && !priorityClassName.startsWith('system-'))
    throw refuse(`no PriorityClass with name ${priorityClassName} was found`);
  if (runtimeClassName !== undefined)
    throw refuse(`pod rejected: RuntimeClass "${runtimeClassName}" not found`);
}

function withoutVersion(object: ApiObject): ApiObject {
  const { resourceVersion: _version, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as ApiObject['metadata'] };
}
