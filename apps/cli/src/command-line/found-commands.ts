import { bucketFlags } from './bucket-flags.ts';
import { foundFlags } from './cluster-flags.ts';
import type { Command } from './flag.ts';
import { progressFlags } from './progress-flags.ts';

const buildDoc =
  'BUILD is the id of a build, the name of its pod, or its display name where only one build has it; RUN is the id of a run, and means all of its builds. "kanikit ps" tells them.';

/** `kanikit ps`. */
export const psCommand = {
  name: 'ps',
  summary: 'List the builds in the cluster, whoever started them',
  flags: {
    all: { type: 'boolean', short: 'a', doc: 'Also those that have ended and are still there' },
    run: { type: 'string', value: 'RUN', doc: 'Only the builds of this run' },
    json: { type: 'boolean', doc: 'Print one JSON object (schema kanikit.builds/1)' },
    ...foundFlags,
  },
  notes: [
    'CLIENT tells whose a build is: alive (its client was heard of), detached (nobody waits for it, on purpose), abandoned (its client is gone; "kanikit prune" removes it), unknown (its client may not give signs of life).',
  ],
  examples: ['kanikit ps', 'kanikit ps -A --all --json'],
} as const satisfies Command;

/** `kanikit logs`. */
export const logsCommand = {
  name: 'logs',
  summary: 'Print what the executor of a build has printed, from its first byte',
  args: { usage: 'BUILD', doc: buildDoc, min: 1, max: 1 },
  flags: {
    follow: { type: 'boolean', short: 'f', doc: 'Go on until the build has ended' },
    since: { type: 'duration', value: 'TIME', doc: 'Only lines that are at most this old, e.g. 5m' },
    ...foundFlags,
  },
  notes: ['Ctrl-C ends the reading; the build goes on. What grants access to a bucket is printed as ***.'],
  examples: ['kanikit logs api-1a2b3c -f', 'kanikit logs api-1a2b3c | kanikit explain -'],
} as const satisfies Command;

/** `kanikit attach`. */
export const attachCommand = {
  name: 'attach',
  summary: 'Come back to builds: the same display as "kanikit build", to the same end',
  args: { usage: 'BUILD|RUN...', doc: buildDoc, min: 1, max: Number.POSITIVE_INFINITY },
  flags: {
    ...progressFlags,
    record: { type: 'string', value: 'FILE', doc: 'Also write the events to FILE, for "kanikit replay"' },
    'log-folder': {
      type: 'string',
      value: 'DIR',
      doc: 'Keep the full log of every build in DIR',
      env: 'KANIKIT_LOG_FOLDER',
    },
    ...foundFlags,
  },
  notes: [
    'Begins with the first byte of the log, and ends with the exit code of the build. Ctrl-C detaches: the build goes on, and the exit code is 130. The dashboard cancels a build for real (x).',
  ],
  examples: ['kanikit attach api-1a2b3c', 'kanikit attach mie2x4ab-1f3c --progress plain'],
} as const satisfies Command;

/** `kanikit cancel`. */
export const cancelCommand = {
  name: 'cancel',
  summary: 'End builds, whoever started them',
  args: { usage: '[BUILD|RUN...]', doc: buildDoc, min: 0, max: Number.POSITIVE_INFINITY },
  flags: {
    all: { type: 'boolean', doc: 'Every build of the namespace that has not ended' },
    ...foundFlags,
  },
  notes: ['The client that started a build is told who cancelled it, and does not try it again.'],
  examples: ['kanikit cancel api-1a2b3c', 'kanikit cancel --all -n ci'],
} as const satisfies Command;

/** `kanikit inspect`. */
export const inspectCommand = {
  name: 'inspect',
  summary: 'Tell everything worth knowing about a build: pod, events, verdict',
  args: { usage: 'BUILD', doc: buildDoc, min: 1, max: 1 },
  flags: {
    json: { type: 'boolean', doc: 'Print one JSON object (schema kanikit.build/1)' },
    ...foundFlags,
  },
  examples: ['kanikit inspect api-1a2b3c', 'kanikit inspect api-1a2b3c --json'],
} as const satisfies Command;

/** `kanikit prune`. */
export const pruneCommand = {
  name: 'prune',
  summary: 'Remove what killed clients left, and what was kept until now',
  flags: {
    'dry-run': { type: 'boolean', doc: 'Remove nothing, and tell what would go' },
    'older-than': {
      type: 'duration',
      value: 'TIME',
      doc: 'Only what is at least this old; contexts that no build is known of go at this age (default: 7d)',
    },
    'all-ended': { type: 'boolean', doc: 'Also builds that ended and are still to be kept' },
    json: { type: 'boolean', doc: 'Print one JSON object (schema kanikit.prune/1)' },
    ...foundFlags,
    ...bucketFlags,
  },
  notes: [
    'Removes abandoned builds, ended ones past their time, secrets and Jobs without a build, signs of life of dead clients, and contexts of runs that are over (where the bucket is named). Never a build whose client is alive, and nothing that kanikit did not label.',
  ],
  examples: ['kanikit prune --dry-run', 'kanikit prune -A --older-than 1d --bucket s3://builds'],
} as const satisfies Command;
