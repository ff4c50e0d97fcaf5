/** Flags of every command that uses a bucket for contexts. */
export const bucketFlags = {
  bucket: {
    type: 'string',
    value: 'URL',
    doc: 'Bucket for local contexts: s3://BUCKET, gs://BUCKET or az://ACCOUNT/CONTAINER, each with /PREFIX; without it they are streamed to the executor',
    env: 'KANIKIT_BUCKET',
  },
  'bucket-endpoint': {
    type: 'string',
    value: 'URL',
    doc: "Storage server that is not the cloud's own (MinIO, R2, Ceph, emulators); also for s3:// and gs:// contexts",
    env: 'KANIKIT_BUCKET_ENDPOINT',
  },
  'bucket-pod-endpoint': {
    type: 'string',
    value: 'URL',
    doc: 'The same server as pods reach it, where that differs',
    env: 'KANIKIT_BUCKET_POD_ENDPOINT',
  },
  'bucket-region': {
    type: 'string',
    value: 'REGION',
    doc: 'Region of an S3 bucket',
    env: 'KANIKIT_BUCKET_REGION',
  },
  'bucket-ca': {
    type: 'string',
    value: 'FILE',
    doc: 'PEM certificates to trust for the bucket, and for Git and https contexts',
    env: 'KANIKIT_BUCKET_CA',
  },
  'bucket-pod-access': {
    type: 'choice',
    choices: ['identity', 'key'],
    value: 'HOW',
    doc: 'How pods may read the bucket themselves where no signed URL is used: by an identity of their own, or with your keys in a secret',
    env: 'KANIKIT_BUCKET_POD_ACCESS',
  },
} as const;

/** Flags of every command that packs a context. */
export const contextFlags = {
  mtime: {
    type: 'choice',
    choices: ['zero', 'keep'],
    value: 'WHAT',
    doc: 'Modification times in archives: zero makes them agree between machines (default), keep sends them',
  },
  'git-depth': { type: 'number', value: 'N', doc: 'Commits of history of a Git context (default: few)' },
  'git-submodules': {
    type: 'boolean',
    doc: 'Bring the sub-modules of a Git context along',
    env: 'KANIKIT_GIT_SUBMODULES',
  },
} as const;
