import type { ServerResponse } from 'node:http';
import type { PodObject, PodStatus } from '../api/watch/pod-object.ts';
import type { SeenRequest } from './fake-api-server.ts';

interface Stored {
  readonly kind: string;
  readonly metadata: PodObject['metadata'] & { readonly uid: string; readonly resourceVersion: string };
  readonly [field: string]: unknown;
}

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly collection: string;
  readonly object: Stored;
}

type FakeKind = 'pods' | 'secrets' | 'jobs' | 'leases';

/** Objects, versions and watches of the scripted server. */
export interface FakeStore {
  serve(request: SeenRequest): { readonly code: number; readonly body: object };
  watch(request: SeenRequest, write: (line: string) => void, response: ServerResponse): void;
  setStatus(pod: string, status: PodStatus, more?: Partial<PodObject>): void;
  /** Takes the pod away, as its owner or the cluster does. */
  removePod(pod: string): void;
  /** Records an event about a pod. */
  addEvent(
    pod: string,
    event: {
      readonly type: string;
      readonly reason: string;
      readonly message: string;
      readonly related?: object;
    },
  ): void;
  /** Watches from versions up to now answer 410 from now on. */
  compact(): void;
  names(kind: FakeKind): readonly string[];
  object(kind: FakeKind, name: string): Record<string, unknown> | undefined;
}

/** Makes an empty store. */
export function createFakeStore(): FakeStore {
  const objects = new Map<string, Stored>();
  const changes: Change[] = [];
  const watchers = new Set<(change: Change) => void>();
  let version = 100;
  let oldest = 0;

  const record = (type: Change['type'], path: string, object: Stored): void => {
    if (type === 'DELETED') objects.delete(path);
    else objects.set(path, object);
    const change = { version, type, collection: path.slice(0, path.lastIndexOf('/')), object };
    changes.push(change);
    for (const tell of watchers) tell(change);
  };
  const stamp = (object: Omit<Stored, 'metadata'> & { readonly metadata: object }, uid: string): Stored => {
    version += 1;
    return {
      ...object,
      metadata: { ...object.metadata, uid, resourceVersion: String(version) },
    } as unknown as Stored;
  };
  const podPath = (pod: string): string => `/api/v1/namespaces/default/pods/${pod}`;

  const create = (request: SeenRequest): { readonly code: number; readonly body: object } => {
    const wanted = JSON.parse(request.body) as Stored;
    const path = `${request.path}/${wanted.metadata.name}`;
    if (objects.has(path)) return status(409, 'AlreadyExists', `"${wanted.metadata.name}" already exists`);
    const namespace = /namespaces\/([^/]+)/.exec(request.path)?.[1];
    const metadata = { creationTimestamp: new Date().toISOString(), namespace, ...wanted.metadata };
    const object = stamp({ ...wanted, metadata, status: { phase: 'Pending' } }, `uid-${version + 1}`);
    record('ADDED', path, object);
    return { code: 201, body: object };
  };

  const remove = (path: string, precondition?: string): { readonly code: number; readonly body: object } => {
    const object = objects.get(path);
    if (object === undefined) return status(404, 'NotFound', `"${path}" not found`);
    if (precondition !== undefined && precondition !== object.metadata.uid)
      return status(409, 'Conflict', 'Precondition failed: UID');
    record('DELETED', path, stamp(object, object.metadata.uid));
    return { code: 200, body: object };
  };

  const patch = (request: SeenRequest): { readonly code: number; readonly body: object } => {
    const object = objects.get(request.path);
    if (object === undefined) return status(404, 'NotFound', `"${request.path}" not found`);
    const change = JSON.parse(request.body) as { readonly metadata?: { readonly uid?: string } };
    const wantedUid = change.metadata?.uid;
    if (wantedUid !== undefined && wantedUid !== object.metadata.uid)
      return status(409, 'Conflict', 'Precondition failed: UID');
    const merged = mergePatch(object, change) as Stored;
    const next = stamp(merged, object.metadata.uid);
    record('MODIFIED', request.path, next);
    return { code: 200, body: next };
  };

  return {
    serve(request) {
      if (request.method === 'POST') return create(request);
      if (request.method === 'PATCH') return patch(request);
      if (request.method === 'DELETE') {
        const { preconditions } = JSON.parse(request.body || '{}') as {
          readonly preconditions?: { readonly uid: string };
        };
        return remove(request.path, preconditions?.uid);
      }
      const found = objects.get(request.path);
      if (found !== undefined) return { code: 200, body: found };
      if (request.path === '/api/v1/namespaces/default')
        return { code: 200, body: { metadata: { name: 'default' } } };
      if (!/\/(?:pods|secrets|events|leases|jobs)$/.test(request.path))
        return status(404, 'NotFound', 'not found');
      const items = [...objects].filter(
        ([path, object]) => isUnder(path, request.path) && selects(request, object),
      );
      // As the API server does for lists of metadata alone.
      const isNull =
        items.length === 0 && request.headers.accept?.includes('PartialObjectMetadataList') === true;
      const objectsFound = isNull ? null : items.map(([, object]) => object);
      return { code: 200, body: { metadata: { resourceVersion: String(version) }, items: objectsFound } };
    },
    watch(request, write, response) {
      const since = request.query.get('resourceVersion');
      const tell = (change: Change): void => {
        if (change.collection !== request.path || !selects(request, change.object)) return;
        write(`${JSON.stringify({ type: change.type, object: change.object })}\n`);
      };
      if (since !== null && Number(since) < oldest) {
        write(
          `${JSON.stringify({ type: 'ERROR', object: status(410, 'Expired', 'too old resource version').body })}\n`,
        );
        response.end();
        return;
      }
      if (since === null) {
        for (const [path, object] of objects)
          tell({ version, type: 'ADDED', collection: path.slice(0, path.lastIndexOf('/')), object });
      } else {
        for (const change of changes) if (change.version > Number(since)) tell(change);
      }
      watchers.add(tell);
      response.once('close', () => watchers.delete(tell));
    },
    setStatus(pod, podStatus, more = {}) {
      const object = objects.get(podPath(pod));
      if (object === undefined) throw new Error(`no pod ${pod}`);
      const { metadata, ...fields } = more;
      const next = { ...object, ...fields, metadata: { ...object.metadata, ...metadata }, status: podStatus };
      record('MODIFIED', podPath(pod), stamp(next, object.metadata.uid));
    },
    removePod: (pod) => void remove(podPath(pod)),
    addEvent(pod, event) {
      const uid = objects.get(podPath(pod))?.metadata.uid;
      const name = `${pod}.${version}`;
      const object = stamp(
        { kind: 'Event', metadata: { name }, involvedObject: { uid }, ...event },
        `uid-${name}`,
      );
      record('ADDED', `/api/v1/namespaces/default/events/${name}`, object);
    },
    compact() {
      version += 1;
      oldest = version;
      changes.length = 0;
    },
    names: (kind) =>
      [...objects.keys()]
        .filter((path) => path.includes(`/${kind}/`))
        .map((path) => path.slice(path.lastIndexOf('/') + 1)),
    object: (kind, name) =>
      [...objects].find(([path]) => path.endsWith(`/namespaces/default/${kind}/${name}`))?.[1],
  };
}

/** A collection in its namespace, or in all of them. */
function isUnder(path: string, collection: string): boolean {
  if (collection.includes('/namespaces/')) return path.startsWith(`${collection}/`);
  const end = collection.lastIndexOf('/');
  const plural = collection.slice(end + 1);
  return path.startsWith(`${collection.slice(0, end)}/namespaces/`) && path.split('/').at(-2) === plural;
}

function mergePatch(target: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const merged: Record<string, unknown> = { ...(target as Record<string, unknown> | undefined) };
  for (const [key, value] of Object.entries(change)) merged[key] = mergePatch(merged[key], value);
  return merged;
}

function selects(request: SeenRequest, object: Stored): boolean {
  const [key = '', value] = (request.query.get('labelSelector') ?? '').split('=');
  if (value !== undefined && object.metadata.labels?.[key] !== value) return false;
  const [, uid] = (request.query.get('fieldSelector') ?? '').split('=');
  return (
    uid === undefined || (object['involvedObject'] as { readonly uid?: string } | undefined)?.uid === uid
  );
}

/** A `Status` answer. */
export function status(
  code: number,
  reason: string,
  message: string,
): { readonly code: number; readonly body: object } {
  return { code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message } };
}
