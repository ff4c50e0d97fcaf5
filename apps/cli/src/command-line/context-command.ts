import { bucketFlags, contextFlags } from './bucket-flags.ts';
import { sandboxFlag } from './cluster-flags.ts';
import type { Command } from './flag.ts';

/** `kanikit context`. */
export const contextCommand = {
  name: 'context',
  summary: 'Look at a build context, pack it, put it into a bucket',
  args: {
    usage: 'ls|pack|push|lifecycle [CONTEXT]',
    doc: 'ls tells what a build would send, what is ignored by which rule, and what looks like a secret. pack writes the archive that a build would send. push puts it into a bucket, where builds find it. lifecycle prints a rule that lets the bucket itself remove what nobody uses.',
    min: 1,
    max: 2,
  },
  notes: [
    'CONTEXT is what "kanikit build" takes. What is not on this machine is fetched first; ls needs a directory or a tar file.',
  ],
  flags: {
    file: {
      type: 'string',
      short: 'f',
      value: 'PATH',
      doc: 'Dockerfile, looked for in the context first; - reads standard input (default: Dockerfile)',
    },
    'context-sub-path': { type: 'string', value: 'DIR', doc: 'Folder inside the context to build from' },
    all: { type: 'boolean', doc: 'ls: list every path that would be sent' },
    ignored: { type: 'boolean', doc: 'ls: list every path that is ignored, with its rule' },
    json: { type: 'boolean', doc: 'ls, push: print one JSON object' },
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      doc: 'pack: file for the archive (a gzip-compressed tar); - writes to standard output',
    },
    ...contextFlags,
    ...bucketFlags,
    sandbox: { ...sandboxFlag, doc: 'push: use the bucket of the sandbox of this machine' },
    'keep-context': {
      type: 'duration',
      value: 'AGE',
      doc: 'push, lifecycle: how long what is in the bucket outlives its last use (default: 7d)',
      env: 'KANIKIT_KEEP_CONTEXT',
    },
    quiet: { type: 'boolean', short: 'q', doc: 'Show no progress' },
  },
  examples: [
    'kanikit context ls ./app',
    'kanikit context pack . -o - | tar -tz',
    'kanikit context push ./app --bucket s3://builds',
    'kanikit context lifecycle --bucket s3://builds --keep-context 30d',
  ],
} as const satisfies Command;
