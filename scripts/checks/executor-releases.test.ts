import { expect, it } from 'vitest';
import { distributions } from '../../packages/kaniko/src/executor/catalogue.ts';
import { lastReadRelease } from '../../packages/kaniko/src/features/feature-table.ts';
import { newestReleases } from '../../packages/sandbox/src/node/obtain-executor.ts';

it('the sandbox takes a moving tag for the release that builds are pinned to', () => {
  const pinned = Object.entries(distributions).map(([name, { pinnedRelease }]) => [name, pinnedRelease]);
  expect(newestReleases).toEqual(Object.fromEntries(pinned));
});

it('the feature flags of the pinned release are known', () => {
  expect(distributions.osscontainertools.pinnedRelease).toBe(lastReadRelease);
});
