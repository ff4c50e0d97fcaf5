import { withDefaults } from '../defaults.ts';
import { type Answer, ok } from '../http/answer.ts';
import { mediaTypeOf, readJson } from '../http/body.ts';
import { presentObject } from '../http/present.ts';
import { negotiate } from '../http/representation.ts';
import type { ApiObject } from '../objects.ts';
import { applyPatch, patchMediaTypes } from '../patch/apply-patch.ts';
import type { ResourceType } from '../resources.ts';
import { badRequest, conflict, unsupportedMediaType } from '../status-error.ts';
import { validateUpdate } from '../validate/validate.ts';
import type { ApiContext, Call } from './context.ts';
import { findObject } from './get-list.ts';
import { isDryRun, readObject } from './read-object.ts';

/** `PUT` of an object or its `status`. */
export async function updateObject(context: ApiContext, call: Call): Promise<Answer> {
  const body = await readJson(call.request);
  return write(context, call, findObject(context, call), body);
}

/** `PATCH` of an object or its `status`. */
export async function patchObject(context: ApiContext, call: Call): Promise<Answer> {
  const mediaType = mediaTypeOf(call.request);
  if (!(patchMediaTypes as readonly string[]).includes(mediaType))
    throw unsupportedMediaType(patchMediaTypes);
  const patch = await readJson(call.request, patchMediaTypes);
  // Read after the body has come: nothing else can write between here and the end of this turn.
  const previous = findObject(context, call);
  return write(context, call, previous, applyPatch(mediaType, previous, patch ?? {}));
}

function write(context: ApiContext, call: Call, previous: ApiObject, body: unknown): Answer {
  const { type, query, subresource } = call.info;
  const as = negotiate(call.request.headers.accept);
  const { object: sent, warnings } = readObject(type, body, query);
  checkIdentity(type, sent, previous);
  const next =
    subresource === 'status' ? { ...previous, status: sent['status'] } : mainPart(type, sent, previous);
  if (subresource !== 'status') validateUpdate(type, next, previous);
  const isKept = !isDryRun(query.getAll('dryRun'));
  const stored = isKept ? keep(context, type, next) : next;
  return ok(presentObject(stored, { type, as, query, now: context.now() }), warnings);
}

/** An update that takes the last finalizer from an object in deletion removes it. */
function keep(context: ApiContext, type: ResourceType, next: ApiObject): ApiObject {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = next.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0 || deletionGracePeriodSeconds > 0)
    return context.store.put(type.plural, next);
  context.store.put(type.plural, next);
  return context.store.remove(type.plural, next) ?? next;
}

const noIdentity = { resourceVersion: '', uid: '' };

function checkIdentity(type: ResourceType, sent: ApiObject, previous: ApiObject): void {
  const { name, namespace } = sent.metadata;
  // What a client sends may lack these.
  const { resourceVersion, uid } = { ...noIdentity, ...sent.metadata };
  const before = previous.metadata;
  if (name !== '' && name !== before.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${before.name})`);
  if (namespace !== undefined && namespace !== before.namespace)
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the URL (${before.namespace})`,
    );
  if (uid !== '' && uid !== before.uid)
    throw conflict(
      type,
      before.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.uid}`,
    );
  if (resourceVersion !== '' && resourceVersion !== before.resourceVersion)
    throw conflict(
      type,
      before.name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
}

/** The new object with what only the server may set taken from the old one. */
function mainPart(type: ResourceType, sent: ApiObject, previous: ApiObject): ApiObject {
  const { labels, annotations, ownerReferences, finalizers } = sent.metadata;
  const {
    labels: _labels,
    annotations: _annotations,
    ownerReferences: _owners,
    finalizers: _finalizers,
    ...fixed
  } = previous.metadata;
  return withDefaults(type.kind, {
    ...sent,
    metadata: {
      ...fixed,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
    ...(previous['status'] === undefined ? {} : { status: previous['status'] }),
  });
}
