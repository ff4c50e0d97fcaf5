import { bucketFlags, contextFlags } from './bucket-flags.ts';
import { clusterFlags, sandboxFlag } from './cluster-flags.ts';
import { foreignFlags } from './foreign-flags.ts';
import type { Command } from './flag.ts';
import { podFlags } from './pod-flags.ts';
import { progressFlags } from './progress-flags.ts';

/** `kanikit build`. */
export const buildCommand = {
  name: 'build',
  summary: 'Build images from directories (or other contexts) and push them',
  args: {
    usage: 'CONTEXT...',
    doc: 'CONTEXT is a directory, a tar file, - (a tar on standard input), or a URL: Git (https, ssh, git@host:path), s3://, gs://, az://, https://….tar.gz. Several contexts build side by side.',
    min: 1,
    max: Number.POSITIVE_INFINITY,
  },
  passThrough: 'flags of the Kaniko executor, handed over verbatim.',
  notes: [
    'With one CONTEXT every -t names the same image. With several, give either one -t for each, in order, or names with {name}, which stands for the last part of each CONTEXT.',
    'Progress and results go to standard output (-q: only image@digest), errors and warnings of kanikit itself to standard error. A reader that goes away (| head) cancels the builds.',
  ],
  foreignFlags,
  flags: {
    file: {
      type: 'string',
      short: 'f',
      value: 'PATH',
      doc: 'Dockerfile, looked for in the context first; - reads standard input, a URL is fetched (default: Dockerfile)',
    },
    tag: { type: 'list', short: 't', value: 'NAME[:TAG]', doc: 'Image to push to; may be repeated' },
    'build-arg': {
      type: 'pairs',
      value: 'KEY[=VALUE]',
      doc: 'Build argument; without a value it comes from the environment',
    },
    secret: {
      type: 'list',
      value: 'id=NAME[,src=FILE|,env=VAR|,k8s=SECRET/KEY]',
      doc: 'Secret for RUN --mount=type=secret (osscontainertools 1.26.3 and later), from a file, a variable or an existing secret; may be repeated',
    },
    target: { type: 'string', value: 'STAGE', doc: 'Stage to build (default: the last)' },
    label: { type: 'pairs', value: 'KEY=VALUE', doc: 'Label of the image' },
    annotation: {
      type: 'pairs',
      value: 'KEY=VALUE',
      doc: "Annotation of the image's manifest (osscontainertools 1.25.3, chainguard 1.25.1 and later); --pod-annotation is the pod's",
    },
    platform: {
      type: 'string',
      value: 'OS/ARCH',
      doc: "Platform of the image, e.g. linux/arm64 (default: the node's); one for each build",
      onlyOnce: 'Build each platform by itself, under a tag of its own.',
    },
    'context-sub-path': { type: 'string', value: 'DIR', doc: 'Folder inside the context to build from' },
    push: { type: 'boolean', doc: 'Push the image (default)', env: 'KANIKIT_PUSH' },
    'no-push': { type: 'boolean', negates: 'push', doc: 'Build without pushing, as --push=false' },
    cache: {
      type: 'boolean',
      doc: 'Use the layer cache, in the repository of the first tag + /cache',
      env: 'KANIKIT_CACHE',
    },
    'no-cache': {
      type: 'boolean',
      negates: 'cache',
      contradiction: '--no-cache contradicts the other cache flags.',
      doc: 'Build without the layer cache (default), as --cache=false',
    },
    'cache-repo': {
      type: 'string',
      value: 'REPO',
      implies: 'cache',
      doc: 'Repository of cached layers; switches the cache on',
    },
    'cache-copy-layers': {
      type: 'boolean',
      implies: 'cache',
      doc: 'Cache COPY layers, too; switches the cache on',
      env: 'KANIKIT_CACHE_COPY_LAYERS',
    },
    'cache-ttl': {
      type: 'duration',
      value: 'TIME',
      doc: "Lifetime of cached layers (default: the executor's own, 336h)",
    },
    'image-format': {
      type: 'choice',
      value: 'FORMAT',
      choices: ['docker', 'oci'],
      doc: "Media types of the image (osscontainertools 1.28.1 and later; default: the base image's)",
    },
    compression: {
      type: 'choice',
      value: 'HOW',
      choices: ['gzip', 'zstd'],
      doc: 'Compression of the layers that are built (default: gzip)',
    },
    name: { type: 'string', value: 'NAME', doc: 'Display name of the build (default: from the context)' },
    ...progressFlags,
    record: { type: 'string', value: 'FILE', doc: 'Also write the events to FILE, for "kanikit replay"' },
    iidfile: {
      type: 'string',
      value: 'FILE',
      doc: 'Write the digest of the image to FILE, which is tried before the build',
    },
    'metadata-file': { type: 'string', value: 'FILE', doc: 'Write names and digests to FILE as JSON' },
    'log-folder': {
      type: 'string',
      value: 'DIR',
      doc: 'Keep the full log of every build in DIR',
      env: 'KANIKIT_LOG_FOLDER',
    },
    'dry-run': {
      type: 'boolean',
      doc: 'Print the manifests, credentials hidden, and create nothing; asks no cluster, and needs no kubeconfig',
    },
    output: {
      type: 'choice',
      short: 'o',
      value: 'FORMAT',
      choices: ['yaml', 'json'],
      foreignValues: {
        pattern: /[=,./]|^(?:docker|image|local|tar|oci|registry)$/,
        hint: "It is the format of --dry-run. docker's --output has no counterpart: images are pushed to -t, or built without a push (--no-push).",
      },
      doc: 'Format of --dry-run',
    },
    ...clusterFlags,
    sandbox: { ...sandboxFlag, doc: 'Build on the sandbox of this machine ("kanikit sandbox up")' },
    ...bucketFlags,
    'keep-context': {
      type: 'duration',
      value: 'AGE',
      doc: 'Keep contexts in the bucket for AGE after their last use, e.g. 7d: what did not change is not sent again (default: removed after the run)',
      env: 'KANIKIT_KEEP_CONTEXT',
    },
    delivery: {
      type: 'choice',
      choices: ['auto', 'signed-url', 'bucket-url', 'stdin'],
      value: 'HOW',
      doc: 'How the executor gets a context: by a signed URL, from the bucket by itself, or streamed (default: the safest that works)',
    },
    fetch: {
      type: 'choice',
      choices: ['auto', 'executor', 'client'],
      value: 'WHO',
      doc: 'Who fetches a context that is not on this machine (default: the executor where it can)',
    },
    ...contextFlags,
    'git-secret': {
      type: 'string',
      value: 'NAME',
      doc: 'Existing secret with token, or username and password, for a private Git context (default: GIT_TOKEN, or GIT_USERNAME and GIT_PASSWORD)',
    },
    stdin: { type: 'boolean', doc: 'Same as --delivery stdin' },
    'registry-secret': {
      type: 'string',
      value: 'NAME',
      doc: 'Existing kubernetes.io/dockerconfigjson secret to use instead of local credentials',
      onlyOnce: 'Put the registries into one secret.',
    },
    'push-retry': {
      type: 'number',
      value: 'N',
      doc: 'How often the executor repeats a push that failed, in the same pod (default: 0)',
    },
    'image-download-retry': {
      type: 'number',
      value: 'N',
      doc: 'How often the executor repeats a pull of a base image that failed, in the same pod (default: 0)',
    },
    'insecure-registry': { type: 'list', value: 'HOST', doc: 'Registry spoken to over plain http' },
    ...podFlags,
    executor: {
      type: 'string',
      value: 'WHO[@VERSION]',
      doc: 'Executor: google, osscontainertools or chainguard, with a version, e.g. google@1.24.0',
      env: 'KANIKIT_EXECUTOR_RELEASE',
    },
    'executor-image': {
      type: 'string',
      value: 'IMAGE',
      doc: 'Full image of the executor, for mirrors',
      env: 'KANIKIT_EXECUTOR_IMAGE',
    },
    feature: {
      type: 'list',
      value: 'NAME[=true|false]',
      doc: 'Feature flag of the executor, e.g. FF_KANIKO_RUN_VIA_TINI; may be repeated',
    },
    'feature-profile': {
      type: 'choice',
      value: 'NAME',
      choices: ['buildkit', 'preview'],
      doc: 'Set of feature flags that the executor documents; single ones are changed with --feature',
    },
    detach: {
      type: 'boolean',
      short: 'd',
      doc: 'End when the builds have their contexts: they go on in the cluster ("kanikit attach" comes back)',
    },
    job: {
      type: 'boolean',
      doc: 'Have the cluster make each pod out of a Job, which it ends and removes by itself',
      env: 'KANIKIT_JOB',
    },
    'keep-failed': {
      type: 'duration',
      value: 'TIME',
      whenBare: '1h',
      doc: 'Keep the pod of a build that fails for TIME, without its secrets, to look at it (1h where no time is given; default: removed)',
    },
    'keep-ended': {
      type: 'duration',
      value: 'TIME',
      doc: 'With --detach or --job: how long pods stay after their end (default: 24h)',
    },
    timeout: {
      type: 'duration',
      value: 'TIME',
      doc: 'Longest time of a build in pods, all attempts together, e.g. 30m (default: 1h)',
    },
    retries: {
      type: 'number',
      value: 'N',
      doc: 'Tries more for a build whose node, pod or registry failed; a failing RUN is never tried again (default: 2)',
    },
    concurrency: { type: 'number', value: 'N', doc: 'Builds running at once (default: 10)' },
    'concurrency-per-registry': {
      type: 'number',
      value: 'N',
      doc: 'Builds running at once that push to one registry (default: no limit of its own)',
    },
    'fail-fast': {
      type: 'boolean',
      doc: 'Cancel the other builds as soon as one has failed',
      env: 'KANIKIT_FAIL_FAST',
    },
  },
  examples: [
    'kanikit build ./app -t registry.example.com/team/app:1.0',
    'kanikit build ./api ./web -t registry.example.com/{name}:1.0',
    'kanikit build . -t localhost:5000/app -- --verbosity=debug',
  ],
} as const satisfies Command;
