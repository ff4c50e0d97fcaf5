import { findFeature, readsFeature } from '../features/has-feature.ts';
import type { LintTarget } from './rule.ts';

/** What to do where a feature flag mends it: set it, in a release that reads it. */
export function featureHint({ executor }: LintTarget, name: string, otherwise: string): string {
  if (readsFeature(executor, name)) return `Set the feature flag ${name}, or ${otherwise}`;
  const since = findFeature(name)?.since ?? '';
  return `Choose osscontainertools ${since} or later with the feature flag ${name}, or ${otherwise}`;
}
