import { randomUUID } from 'node:crypto';
import { removeOrMark } from './handlers/delete.ts';
import { apiTime, type ApiObject } from './objects.ts';
import { resourceTypes } from './resources.ts';
import type { Background } from './background.ts';
import type { StoreChange } from './store/change-window.ts';
import type { ObjectStore } from './store/object-store.ts';

const contents = resourceTypes.filter((type) => type.isNamespaced && type.verbs.includes('delete'));

/** Gives every namespace its service account and empties the ones that are deleted. Returns its end. */
export function startNamespaces(store: ObjectStore, background: Background, now: () => number): () => void {
  for (const name of ['default', 'kube-system'])
    if (store.get('namespaces', undefined, name) === undefined)
      store.put('namespaces', newNamespace(name, now()));
  for (const namespace of store.list('namespaces')) settle(namespace);

  function settle(namespace: ApiObject): void {
    if (namespace.metadata.deletionTimestamp === undefined) ensureAccount(namespace.metadata.name);
    else empty(namespace);
  }

  function ensureAccount(namespace: string): void {
    if (store.get('serviceaccounts', namespace, 'default') !== undefined) return;
    const metadata = {
      name: 'default',
      namespace,
      uid: randomUUID(),
      creationTimestamp: apiTime(now()),
      resourceVersion: '',
    };
    store.put('serviceaccounts', { kind: 'ServiceAccount', apiVersion: 'v1', metadata });
  }

  function empty(namespace: ApiObject): void {
    const { name } = namespace.metadata;
    for (const type of contents)
      for (const object of store.list(type.plural, name)) removeOrMark({ store, now }, type, object, {});
    const isEmpty = contents.every((type) => store.list(type.plural, name).length === 0);
    if (isEmpty) store.remove('namespaces', namespace);
  }

  return store.subscribe((change) => {
    background.run(`namespaces ${change.version}`, () => react(change));
  });

  function react(change: StoreChange): void {
    if (change.resource === 'namespaces' && change.type !== 'DELETED') settle(change.object);
    const { namespace = '', name } = change.object.metadata;
    const home = store.get('namespaces', undefined, namespace);
    if (change.type !== 'DELETED' || home === undefined) return;
    if (home.metadata.deletionTimestamp !== undefined) empty(home);
    else if (change.resource === 'serviceaccounts' && name === 'default') ensureAccount(namespace);
  }
}

function newNamespace(name: string, now: number): ApiObject {
  return {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: {
      name,
      uid: randomUUID(),
      creationTimestamp: apiTime(now),
      resourceVersion: '',
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
