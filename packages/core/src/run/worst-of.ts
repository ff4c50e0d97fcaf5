import type { BuildOutcome } from '@kanikit/spec';

/** The outcome of a run: that of the build that matters most. */
export function worstOf(builds: readonly { readonly outcome: BuildOutcome }[]): BuildOutcome {
  const order = ['failed', 'cancelled', 'detached'] as const;
  return order.find((outcome) => builds.some((build) => build.outcome === outcome)) ?? 'succeeded';
}
