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

export const managerName = 'kanikit';
