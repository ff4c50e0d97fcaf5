import type { PreparedContext } from '@kanikit/spec';

/**
 * Removes what opening contexts made on this machine (clones, downloads). What can't be removed lies in the system's folder for temporary
 * files, and is no reason to fail a build.
 */
export async function closeContexts(builds: readonly { readonly context: PreparedContext }[]): Promise<void> {
  await Promise.allSettled(builds.map(async ({ context }) => await context.close?.()));
}
