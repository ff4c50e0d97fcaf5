import type { BuildRequest } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { countRequests } from './count-requests.ts';
import { goodBuild, startScriptedLab } from './scripted-lab.ts';

/** Once for a run: what preflight asks in a namespace that is there for certain, and the one watch. */
const ofRun = { 'create selfsubjectrulesreviews': 1, 'watch pods': 1 };
/**
 * For each build: besides these its log, which is read once more where it ended before the pod was known to have: an answer that ends in good form may
 * have been cut all the same.
 */
const withSecret = { 'create pods': 1, 'create secrets': 1, 'delete pods': 1, 'delete secrets': 1 };
const withStdin = { 'create pods': 1, 'get pods/attach': 1, 'delete pods': 1 };

test.each([
  ['a build', goodBuild, 1, 'bucket', withSecret],
  ['a build whose context goes to stdin', goodBuild, 1, 'stdin', withStdin],
  ['ten builds', goodBuild, 10, 'bucket', withSecret],
] as const)('%s asks the API server for nothing but this', async (...example) => {
  const [, script, count, way, ofBuild] = example;
  await using lab = await startScriptedLab(script);
  const kanikit = await lab.connect({ concurrency: 10, ...(way === 'stdin' ? { store: undefined } : {}) });
  const requests = Array.from({ length: count }, (_value, index): BuildRequest => {
    return { name: `b${index}`, context: lab.context, destinations: [`registry.example/b${index}:1`] };
  });
  const { outcome, leftovers } = await kanikit.start(requests).result;
  expect({ outcome, leftovers }).toEqual({ outcome: 'succeeded', leftovers: [] });
  const { 'get pods/log': logs = 0, ...counts } = Object.fromEntries(countRequests(lab.proxy.requests));
  const ofBuilds = Object.entries(ofBuild).map(([kind, each]) => [kind, each * count] as const);
  expect(counts).toEqual({ ...ofRun, ...Object.fromEntries(ofBuilds) });
  expect(logs).toBeGreaterThanOrEqual(count);
  expect(logs).toBeLessThanOrEqual(2 * count);
  expect(await lab.leftovers()).toEqual([]);
});
