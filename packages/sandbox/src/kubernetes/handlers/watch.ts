import { negotiate, type Representation } from '../http/representation.ts';
import type { ApiObject } from '../objects.ts';
import { isTrue } from '../http/request-info.ts';
import { apiVersionOf } from '../resources.ts';
import { parseSelectors, type Selector } from '../selectors.ts';
import { badRequest, expired, statusOf } from '../status-error.ts';
import type { StoreChange } from '../store/change-window.ts';
import { partialMetadata, tableOf } from '../tables/table.ts';
import type { ApiContext, Call } from './context.ts';

/** A watcher that has this much unread is cut off, as a real API server does; it can resume. */
const unreadLimitBytes = 16 * 1024 * 1024;
const bookmarkIntervalMs = 60_000;
/** Real servers close watches after 30 to 60 minutes. */
const defaultTimeoutSeconds = 1800;

/** `GET` of a collection with `watch=true`: the changes after a version as lines of JSON. */
export function watchObjects(context: ApiContext, call: Call): Promise<undefined> {
  const { query, type, namespace } = call.info;
  const from = readVersion(query.get('resourceVersion') ?? '');
  const isInScope = (change: StoreChange) =>
    change.resource === type.plural && (namespace === '' || change.object.metadata.namespace === namespace);
  const accepts = parseSelectors(type.plural, query);
  const stream = openStream(context, call);
  const sendsInitial = from === 0 || isTrue(query.get('sendInitialEvents'));
  const past = sendsInitial ? [] : context.store.changesSince(from);
  if (past === undefined) {
    const message = `too old resource version: ${from} (${context.store.version()})`;
    stream.send('ERROR', statusOf(expired(message)));
    stream.end();
    return stream.done;
  }
  if (sendsInitial) {
    for (const object of context.store.list(type.plural, namespace === '' ? undefined : namespace))
      if (accepts(object)) stream.sendObject('ADDED', object);
    if (isTrue(query.get('sendInitialEvents')) && isTrue(query.get('allowWatchBookmarks')))
      stream.bookmark({ 'k8s.io/initial-events-end': 'true' });
  }
  const pass = (change: StoreChange) => {
    if (!isInScope(change)) return;
    const event = visibleEvent(change, accepts);
    if (event !== undefined) stream.sendObject(event, change.object);
  };
  for (const change of past) pass(change);
  stream.onEnd(context.store.subscribe(pass));
  return stream.done;
}

/** What a change is to a watcher whose selector may have started or ceased to match. */
function visibleEvent(change: StoreChange, accepts: Selector): StoreChange['type'] | undefined {
  const isMatch = change.type !== 'DELETED' && accepts(change.object);
  const wasMatch = change.previous !== undefined && accepts(change.previous);
  if (isMatch) return wasMatch ? 'MODIFIED' : 'ADDED';
  return wasMatch ? 'DELETED' : undefined;
}

interface WatchStream {
  sendObject(type: StoreChange['type'], object: ApiObject): void;
  send(type: string, object: unknown): void;
  bookmark(annotations?: Readonly<Record<string, string>>): void;
  end(): void;
  onEnd(action: () => void): void;
  readonly done: Promise<undefined>;
}

function openStream(context: ApiContext, call: Call): WatchStream {
  const { response, info, signal } = call;
  const as = negotiate(call.request.headers.accept);
  const actions: (() => void)[] = [];
  const { promise: done, resolve } = Promise.withResolvers<undefined>();
  let hasColumns = true;
  const write = (type: string, object: unknown) => {
    response.write(`${JSON.stringify({ type, object })}\n`);
    if (response.writableLength > unreadLimitBytes) response.destroy();
  };
  const bookmark = (annotations?: Readonly<Record<string, string>>) => {
    const resourceVersion = String(context.store.version());
    const metadata = {
      resourceVersion,
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    write('BOOKMARK', { kind: info.type.kind, apiVersion: apiVersionOf(info.type), metadata });
  };
  const end = () => {
    for (const action of actions.splice(0)) action();
    if (!response.writableEnded) response.end();
    resolve(undefined);
  };
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  response.on('close', end);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  const seconds = Number(info.query.get('timeoutSeconds') ?? 0) || defaultTimeoutSeconds;
  const sendsBookmarks = isTrue(info.query.get('allowWatchBookmarks'));
  const timeout = setTimeout(() => {
    // So that a client that comes back resumes from here, however quiet the watch was.
    if (sendsBookmarks) bookmark();
    end();
  }, seconds * 1000);
  const bookmarks = sendsBookmarks ? setInterval(bookmark, bookmarkIntervalMs) : undefined;
  actions.push(() => {
    clearTimeout(timeout);
    clearInterval(bookmarks);
    signal.removeEventListener('abort', end);
  });
  return {
    send: write,
    bookmark,
    end,
    done,
    onEnd: (action) => actions.push(action),
    sendObject(type, object) {
      write(type, present(object, as, call, context.now(), hasColumns));
      hasColumns = false;
    },
  };
}

function present(
  object: ApiObject,
  as: Representation,
  { info }: Call,
  now: number,
  hasColumns: boolean,
): unknown {
  if (as === 'object') return object;
  if (as === 'metadata') return partialMetadata(object);
  const { resourceVersion } = object.metadata;
  const include = info.query.get('includeObject');
  return tableOf({
    kind: info.type.kind,
    objects: [object],
    metadata: { resourceVersion },
    include,
    now,
    hasColumns,
  });
}

function readVersion(text: string): number {
  if (text === '') return 0;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(
    `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
  );
}
