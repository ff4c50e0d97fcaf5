import { expect, test } from 'vitest';
import { startRun } from '../run/start-run.ts';
import { createScriptedCluster } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment } from '../testing/scripted-context.ts';

test.each([
  ['kind-ci', '1.24.0', ['--ignore-path=/product_uuid']],
  ['prod', '1.24.0', []],
  // Before 1.6 the executor has no such flag.
  ['kind-ci', '1.5.1', []],
])('on %s, Kaniko %s is told %j', async (name, version, flags) => {
  const scripted = createScriptedCluster(() => ({}));
  const cluster = { ...scripted, description: { ...scripted.description, name } };
  const environment = createScriptedEnvironment(cluster, {
    defaultExecutor: { distribution: 'google', version },
  });
  const request = { context: './app', destinations: ['registry.example/app:1'] };
  await startRun([request], environment, { onEvent: () => undefined }).result;
  const given = scripted.launched[0]?.args.filter((arg) => arg.startsWith('--ignore-path'));
  expect(given).toEqual(flags);
});
