import { bucketFlags } from './bucket-flags.ts';
import { buildCommand } from './build-command.ts';
import { sandboxFlag } from './cluster-flags.ts';
import type { Command } from './flag.ts';
import { podFlags } from './pod-flags.ts';

const { flags } = buildCommand;

/** `kanikit doctor`. */
export const doctorCommand = {
  name: 'doctor',
  summary: 'Look at cluster, rights, executor, bucket and registries, and say what to fix',
  notes: [
    'Give it the flags of your builds: it tries the very pod that they would create, without creating it. Ends with 0 where builds can run, with 3 where they can not.',
    '--print-role prints the least that builds need in a namespace, for "kubectl apply -f -", with the reason of every rule.',
  ],
  flags: {
    kubeconfig: flags.kubeconfig,
    'kube-context': flags['kube-context'],
    namespace: flags.namespace,
    'in-cluster': flags['in-cluster'],
    sandbox: { ...sandboxFlag, doc: 'Examine the sandbox of this machine' },
    tag: {
      type: 'list',
      short: 't',
      value: 'NAME[:TAG]',
      doc: 'Image of your builds: its registry is looked at; may be repeated',
    },
    platform: flags.platform,
    ...bucketFlags,
    delivery: flags.delivery,
    'registry-secret': flags['registry-secret'],
    'insecure-registry': flags['insecure-registry'],
    ...podFlags,
    executor: flags.executor,
    'executor-image': flags['executor-image'],
    deep: { type: 'boolean', doc: 'Also run "executor version" in a pod, and remove it' },
    json: { type: 'boolean', doc: 'Print one JSON object (schema kanikit.doctor/1)' },
    'print-role': { type: 'boolean', doc: 'Print the minimal Role as YAML, and ask nothing' },
    user: { type: 'string', value: 'NAME', doc: '--print-role: for this user, not for a service account' },
    group: { type: 'string', value: 'NAME', doc: '--print-role: for this group' },
    without: {
      type: 'list',
      value: 'FEATURE',
      doc: '--print-role: leave out job, prune, come-back, cancel, heartbeat, launch-ahead, quota, explain, stdin or doctor; may be repeated',
    },
  },
  examples: [
    'kanikit doctor -n builds -t registry.example.com/team/app',
    'kanikit doctor -n builds --bucket s3://contexts --deep',
    'kanikit doctor --print-role -n builds | kubectl apply -f -',
  ],
} as const satisfies Command;
