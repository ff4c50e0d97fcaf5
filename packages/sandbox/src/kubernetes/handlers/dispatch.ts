import type { Answer } from '../http/answer.ts';
import { badRequest, methodNotAllowed } from '../status-error.ts';
import { review } from './access-review.ts';
import type { ApiContext, Call } from './context.ts';
import { createObject } from './create.ts';
import { deleteCollection, deleteObject } from './delete.ts';
import { getObject, listObjects } from './get-list.ts';
import { podLog } from './log.ts';
import { patchObject, updateObject } from './update.ts';
import { watchObjects } from './watch.ts';

/** Answers an authorised request for a resource; undefined when the handler has written the response itself. */
export async function dispatch(context: ApiContext, call: Call): Promise<Answer | undefined> {
  const { verb, subresource, type } = call.info;
  if (type.group === 'authorization.k8s.io') return review(call);
  if (subresource === 'log') return podLog(context, call);
  if (subresource === 'attach') throw badRequest('Upgrade request required');
  switch (verb) {
    case 'get':
      return getObject(context, call);
    case 'list':
      return listObjects(context, call);
    case 'watch':
      return watchObjects(context, call);
    case 'create':
      return createObject(context, call);
    case 'update':
      return updateObject(context, call);
    case 'patch':
      return patchObject(context, call);
    case 'delete':
      return deleteObject(context, call);
    case 'deletecollection':
      return deleteCollection(context, call);
    default:
      throw methodNotAllowed();
  }
}
