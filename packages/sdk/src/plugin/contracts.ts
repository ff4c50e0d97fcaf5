import { clusterAnswers } from './cluster-answers.ts';
import { contextAnswers } from './context-answers.ts';
import type { Part } from './part.ts';

export type PluginKind = 'source' | 'store' | 'credentials' | 'cluster';

const packedArchive: Part = {
  known: { as: 'async', answer: { schema: contextAnswers.maybeSummary } },
  dockerfiles: { as: 'promise', answer: { schema: contextAnswers.texts } },
  parts: {
    as: 'items',
    answer: {
      schema: contextAnswers.archivePart,
      part: { read: { as: 'async', answer: { schema: contextAnswers.bytes } } },
    },
  },
  summary: { as: 'promise', answer: { schema: contextAnswers.summary } },
};

const renew = { as: 'async', answer: { schema: contextAnswers.delivery } } as const;

const context: Part = {
  pack: { as: 'sync', answer: { schema: contextAnswers.packed, part: packedArchive } },
  list: { as: 'stream', answer: { schema: contextAnswers.entry } },
  renew,
  close: { as: 'async' },
};

const pod: Part = {
  observations: {
    as: 'items',
    answer: { schema: clusterAnswers.observation },
    isLast: (item) => typeof item === 'object' && item !== null && Reflect.get(item, 'type') === 'ended',
  },
  log: { as: 'items', answer: { schema: clusterAnswers.logLine } },
  sendStdin: { as: 'async' },
  provide: { as: 'async' },
  remove: { as: 'async' },
  keep: { as: 'async' },
  leave: { as: 'sync' },
};

const builds: Part = {
  find: { as: 'async', answer: { schema: clusterAnswers.builds } },
  inspect: { as: 'async', answer: { schema: clusterAnswers.details } },
  readLog: { as: 'stream', answer: { schema: clusterAnswers.logLine } },
  adopt: { as: 'sync', answer: { schema: clusterAnswers.pod, part: pod } },
  cancel: { as: 'async', answer: { schema: clusterAnswers.flag } },
  findRemnants: { as: 'async', answer: { schema: clusterAnswers.remnants } },
  removeRemnant: { as: 'async' },
};

/** What each kind of plugin, and what it answers, can be asked, and what the answers must be. */
export const contracts: Readonly<Record<PluginKind, Part>> = {
  source: {
    accepts: { as: 'sync', answer: { schema: contextAnswers.flag } },
    open: { as: 'async', answer: { schema: contextAnswers.context, part: context } },
  },
  store: {
    check: { as: 'async' },
    deliveries: { as: 'async', answer: { schema: contextAnswers.abilities } },
    upload: {
      as: 'async',
      answer: { schema: contextAnswers.stored, part: { remove: { as: 'async' }, renew } },
    },
    prune: { as: 'async', answer: { schema: contextAnswers.leftContexts } },
  },
  credentials: {
    resolve: { as: 'async', answer: { schema: contextAnswers.credential } },
    locate: { as: 'async', answer: { schema: contextAnswers.foundCredential } },
  },
  cluster: {
    manifests: { as: 'sync', answer: { schema: clusterAnswers.manifests } },
    check: { as: 'async', answer: { schema: clusterAnswers.problems } },
    canLaunchAhead: { as: 'sync', answer: { schema: clusterAnswers.flag } },
    launch: { as: 'async', answer: { schema: clusterAnswers.pod, part: pod } },
    whenRoom: { as: 'async', answer: { schema: clusterAnswers.flag } },
    examine: { as: 'async', answer: { schema: clusterAnswers.findings } },
    builds: { as: 'part', answer: { part: builds } },
    close: { as: 'async' },
  },
};
