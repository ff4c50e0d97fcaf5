import type { BuildRequest, KanikitEvent, PodLaunch } from '@kanikit/spec';
import type { Environment } from '../model/environment.ts';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment } from '../testing/scripted-context.ts';
import type { RunResult } from '../model/result.ts';
import { startRun } from './start-run.ts';

export const digest: string = `sha256:${'d'.repeat(64)}`;
export const line = (message: string): string =>
  `time="2026-01-01T00:00:00Z" level=info msg=${JSON.stringify(message)}\n`;
/** A build that succeeds and pushes `registry.example/app:1`. */
export const goodLog: string = [
  'credential providers by priority: [env, google, ecr, acr, gitlab]',
  'Retrieving image manifest alpine',
  "Building stage 'alpine' [idx: '0', base-idx: '-1']",
  'Unpacking rootfs as cmd RUN make requires it.',
  'RUN make',
  'Running: [/bin/sh -c make]',
  'Taking snapshot of full filesystem...',
  'COPY . /app',
  'Taking snapshot of files...',
  'Pushing image to registry.example/app:1',
  `Pushed registry.example/app@${digest}`,
]
  .map(line)
  .join('');
export const request: BuildRequest = { context: './app', destinations: ['registry.example/app:1'] };

/** Plays a run to its end on a scripted cluster. */
export async function play(
  script: (launch: PodLaunch) => PodScript,
  overrides: Partial<Environment> = {},
  requests: readonly BuildRequest[] = [request],
): Promise<{ result: RunResult; events: KanikitEvent[]; cluster: ReturnType<typeof createScriptedCluster> }> {
  const cluster = createScriptedCluster(script);
  const events: KanikitEvent[] = [];
  const run = startRun(requests, createScriptedEnvironment(cluster, overrides), {
    onEvent: (event) => void events.push(event),
  });
  return { result: await run.result, events, cluster };
}
