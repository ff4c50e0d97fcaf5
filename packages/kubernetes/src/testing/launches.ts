import type { PodLaunch, RunContext } from '@kanikit/spec';
import type { PodStatus } from '../api/watch/pod-object.ts';

/** A launch with a credential file and a secret variable; a test changes what it is about. */
export function sampleLaunch(changes: Partial<PodLaunch> = {}): PodLaunch {
  return {
    runId: 'r1',
    buildId: 'b1',
    name: 'build-1',
    namespace: undefined,
    image: 'registry.example.com/kaniko:1',
    args: ['--dockerfile=Dockerfile'],
    env: { LANG: 'C' },
    secretEnv: { CONTEXT_URL: 'https://bucket.example.com/?signature=s3cr3t' },
    secretFiles: [{ path: '/kaniko/.docker/config.json', content: '{"auths":{}}' }],
    registrySecret: undefined,
    isStdinUsed: false,
    deadlineSeconds: 3600,
    nodeSelector: {},
    labels: {},
    annotations: {},
    ...changes,
  };
}

/** A run that nobody cancels, or the one whose signal is given. */
export function sampleRun(signal: AbortSignal = new AbortController().signal): RunContext {
  return { signal, now: Date.now };
}

export const runningStatus: PodStatus = {
  phase: 'Running',
  containerStatuses: [{ name: 'kaniko', state: { running: { startedAt: '2026-11-23T05:00:00Z' } } }],
};

/** Status of a pod whose executor ended by itself. */
export function endedStatus(exitCode: number): PodStatus {
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [
      {
        name: 'kaniko',
        state: {
          terminated: {
            exitCode,
            reason: exitCode === 0 ? 'Completed' : 'Error',
            startedAt: '2026-11-23T05:00:00Z',
            finishedAt: '2026-11-23T05:01:00Z',
          },
        },
      },
    ],
  };
}

/** Status of a pod whose executor waits. */
export function waitingStatus(reason: string, message = ''): PodStatus {
  return {
    phase: 'Pending',
    containerStatuses: [{ name: 'kaniko', state: { waiting: { reason, message } } }],
  };
}
