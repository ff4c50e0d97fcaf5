import { type Answer, ok } from '../http/answer.ts';
import { presentList, presentObject } from '../http/present.ts';
import { negotiate } from '../http/representation.ts';
import type { ApiObject } from '../objects.ts';
import { parseSelectors } from '../selectors.ts';
import { badRequest, notFound, StatusError } from '../status-error.ts';
import type { ApiContext, Call } from './context.ts';

/** `GET` of one object (or its `status`). */
export function getObject(context: ApiContext, call: Call): Answer {
  const { type, query } = call.info;
  const as = negotiate(call.request.headers.accept);
  return ok(presentObject(findObject(context, call), { type, as, query, now: context.now() }));
}

/**
 * The object a request names.
 *
 * @throws StatusError 404
 */
export function findObject(context: ApiContext, call: Call): ApiObject {
  const { type, namespace, name } = call.info;
  const found = context.store.get(type.plural, type.isNamespaced ? namespace : undefined, name);
  if (found === undefined) throw notFound(type, name);
  return found;
}

/** `GET` of a collection, in pages when the client says `limit`. */
export function listObjects(context: ApiContext, call: Call): Answer {
  const { type, query, namespace } = call.info;
  const as = negotiate(call.request.headers.accept);
  const current = context.store.version();
  checkVersion(query.get('resourceVersion') ?? '', current);
  const accepts = parseSelectors(type.plural, query);
  const token = readContinue(query.get('continue') ?? '');
  const matching = context.store
    .list(type.plural, namespace === '' ? undefined : namespace)
    .filter((object) => accepts(object) && (token === undefined || keyOf(object) > token.after));
  const limit = Number(query.get('limit') ?? 0);
  const page = limit > 0 ? matching.slice(0, limit) : matching;
  // Later pages are read from newer state under the first page's version: a watch from it replays what changed in between.
  const version = token?.version ?? current;
  const rest = matching.length - page.length;
  const metadata = {
    resourceVersion: String(version),
    ...(rest === 0
      ? {}
      : { continue: writeContinue(version, keyOf(page.at(-1)!)), remainingItemCount: rest }),
  };
  return ok(presentList(page, metadata, { type, as, query, now: context.now() }));
}

interface ContinueToken {
  readonly version: number;
  readonly after: string;
}

function writeContinue(version: number, after: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: after })).toString(
    'base64url',
  );
}

function readContinue(token: string): ContinueToken | undefined {
  if (token === '') return undefined;
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as {
      rv: number;
      start: string;
    };
    if (typeof rv !== 'number' || typeof start !== 'string') throw new TypeError('incomplete token');
    return { version: rv, after: start };
  } catch {
    throw badRequest('continue key is not valid: unable to decode the token');
  }
}

function checkVersion(text: string, current: number): void {
  if (text === '') return;
  if (!/^\d+$/.test(text))
    throw badRequest(
      `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    );
  if (Number(text) > current)
    throw new StatusError(504, 'Timeout', `Too large resource version: ${text}, current: ${current}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
      retryAfterSeconds: 1,
    });
}

function keyOf(object: ApiObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
