import { type Answer, ok } from '../http/answer.ts';
import { readJson } from '../http/body.ts';
import { presentList } from '../http/present.ts';
import { apiTime, isFinished, type ApiObject, type Pod } from '../objects.ts';
import type { ResourceType } from '../resources.ts';
import { parseSelectors } from '../selectors.ts';
import { conflict, forbidden } from '../status-error.ts';
import type { ApiContext, Call } from './context.ts';
import { findObject } from './get-list.ts';
import { isDryRun } from './read-object.ts';

interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: string;
  readonly dryRun?: readonly string[];
}

/** `DELETE` of an object. */
export async function deleteObject(context: ApiContext, call: Call): Promise<Answer> {
  const options = await readOptions(call);
  const { type, query } = call.info;
  const object = findObject(context, call);
  checkPreconditions(type, object, options.preconditions);
  if (type.kind === 'Namespace' && ['default', 'kube-system'].includes(object.metadata.name))
    throw forbidden(type, object.metadata.name, 'this namespace may not be deleted');
  const isKept = isDryRun([...query.getAll('dryRun'), ...(options.dryRun ?? [])]);
  const deleted = isKept ? object : removeOrMark(context, type, object, options);
  // Secrets, config maps and events answer with a bare `Status` once they are gone; the rest with the object.
  const isGone =
    context.store.get(type.plural, object.metadata.namespace, object.metadata.name) === undefined;
  return ok(isGone && !['Pod', 'ServiceAccount'].includes(type.kind) ? success(type, object) : deleted);
}

/** `DELETE` of a collection. */
export async function deleteCollection(context: ApiContext, call: Call): Promise<Answer> {
  const options = await readOptions(call);
  const { type, query, namespace } = call.info;
  const accepts = parseSelectors(type.plural, query);
  const isKept = isDryRun([...query.getAll('dryRun'), ...(options.dryRun ?? [])]);
  const matching = context.store.list(type.plural, namespace).filter(accepts);
  const deleted = matching.map((object) => (isKept ? object : removeOrMark(context, type, object, options)));
  const metadata = { resourceVersion: String(context.store.version()) };
  return ok(presentList(deleted, metadata, { type, as: 'object', query, now: context.now() }));
}

/** Removes an object at once, or marks it for a deletion that the pod's end, a finalizer or the namespace's emptiness completes. */
export function removeOrMark(
  context: Pick<ApiContext, 'store' | 'now'>,
  type: ResourceType,
  object: ApiObject,
  options: DeleteOptions,
): ApiObject {
  const grace = type.kind === 'Pod' ? podGrace(object as Pod, options.gracePeriodSeconds) : 0;
  const { finalizers = [], deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  if ((options.propagationPolicy ?? defaultPolicy(type)) === 'Orphan') orphan(context, object);
  if (grace === 0 && finalizers.length === 0 && type.kind !== 'Namespace')
    return context.store.remove(type.plural, object) ?? object;
  // A second delete only ever shortens the grace period.
  if (deletionTimestamp !== undefined && grace >= (deletionGracePeriodSeconds ?? 0)) return object;
  return context.store.put(type.plural, {
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: apiTime(context.now() + grace * 1000),
      deletionGracePeriodSeconds: grace,
    },
    ...(type.kind === 'Namespace' ? { status: { phase: 'Terminating' } } : {}),
  });
}

/** For compatibility with its first versions, batch/v1 leaves the pods of a Job behind unless told otherwise. */
function defaultPolicy(type: ResourceType): string {
  return type.kind === 'Job' ? 'Orphan' : 'Background';
}

function podGrace(pod: Pod, asked: number | undefined): number {
  if (pod.spec.nodeName === undefined || isFinished(pod)) return 0;
  return Math.max(0, asked ?? pod.spec.terminationGracePeriodSeconds ?? 30);
}

function orphan(context: Pick<ApiContext, 'store'>, owner: ApiObject): void {
  for (const plural of ['pods', 'secrets', 'configmaps', 'serviceaccounts']) {
    for (const object of context.store.list(plural, owner.metadata.namespace)) {
      const owners = object.metadata.ownerReferences ?? [];
      const kept = owners.filter((reference) => reference.uid !== owner.metadata.uid);
      if (kept.length === owners.length) continue;
      const metadata = { ...object.metadata, ownerReferences: kept };
      context.store.put(plural, { ...object, metadata });
    }
  }
}

async function readOptions(call: Call): Promise<DeleteOptions> {
  const body = ((await readJson(call.request)) ?? {}) as DeleteOptions;
  const grace = call.info.query.get('gracePeriodSeconds');
  const policy = call.info.query.get('propagationPolicy');
  return {
    ...body,
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
  };
}

function checkPreconditions(
  type: ResourceType,
  object: ApiObject,
  preconditions: DeleteOptions['preconditions'],
): void {
  const { uid, resourceVersion, name } = object.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid)
    throw conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`,
    );
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion)
    throw conflict(
      type,
      name,
      `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`,
    );
}

function success(type: ResourceType, object: ApiObject): unknown {
  const details = { name: object.metadata.name, kind: type.plural, uid: object.metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
