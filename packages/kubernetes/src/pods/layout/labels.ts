/** Labels by which kanikit finds what it created. */
export const labelKeys = {
  managedBy: 'app.kubernetes.io/managed-by',
  run: 'kanikit.dev/run',
  build: 'kanikit.dev/build',
  /** Which pod of its build, from 1. */
  attempt: 'kanikit.dev/attempt',
  /** One process: its watch asks for these pods only. */
  client: 'kanikit.dev/client',
} as const;

/** What pods tell about their builds (docs/builds-in-the-cluster.md). Nothing secret is in them. */
export const annotationKeys = {
  /** Changed when late values are there: a kubelet looks at a pod again as soon as the pod changes, else within 15 seconds. */
  ready: 'kanikit.dev/ready',
  name: 'kanikit.dev/name',
  /** JSON list. */
  destinations: 'kanikit.dev/destinations',
  context: 'kanikit.dev/context',
  contextLocation: 'kanikit.dev/context-location',
  cacheRepository: 'kanikit.dev/cache-repository',
  platform: 'kanikit.dev/platform',
  executor: 'kanikit.dev/executor',
  /** JSON, at most 32 KB. */
  outline: 'kanikit.dev/outline',
  owner: 'kanikit.dev/owner',
  /** Seconds between signs of life of the client, or `none`. */
  heartbeat: 'kanikit.dev/heartbeat',
  detached: 'kanikit.dev/detached',
  keepFailed: 'kanikit.dev/keep-failed-seconds',
  keepEnded: 'kanikit.dev/keep-ended-seconds',
  /** JSON: by whom, and when. */
  cancelled: 'kanikit.dev/cancelled',
} as const;

/** Label that the Job controller gives to the pods of a Job. */

export const managerName = 'kanikit';
