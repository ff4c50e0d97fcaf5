import type { KubernetesObject, PodSettings } from '@kanikit/spec';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import type { BuildFlags } from './build-flags.ts';
import { mountedVolumes } from './mounted-volumes.ts';
import { withValues } from './with-values.ts';

/**
 * The pod's shape as far as flags say it; files are read by `withPodInputs`.
 *
 * @throws KanikitError `usage`
 */
export function podSettings(flags: BuildFlags): PodSettings {
  const { 'proxy-from-environment': isProxyTaken, 'http-proxy': http, 'https-proxy': https } = flags;
  const none = flags['no-proxy'];
  const isProxied = http !== undefined || https !== undefined || none !== undefined;
  return {
    name: flags['pod-name'],
    podAs: flags.job === true ? 'job' : undefined,
    keepFailedMs: flags['keep-failed'],
    keepEndedMs: flags['keep-ended'],
    serviceAccount: flags['service-account'],
    mountServiceAccountToken: flags['mount-service-account-token'],
    registrySecret: flags['registry-secret'],
    nodeSelector: withValues(flags['node-selector'], '--node-selector', undefined),
    requests: amounts(flags['request-cpu'], flags['request-memory'], flags['request-ephemeral-storage']),
    limits: amounts(flags.cpu, flags.memory, flags['ephemeral-storage']),
    tolerations: unlessEmpty(flags.toleration.map(tolerationOf)),
    topologySpreadConstraints: flags['no-spread'] === true ? [] : undefined,
    priorityClass: flags['priority-class'],
    runtimeClass: flags['runtime-class'],
    schedulerName: flags.scheduler,
    imagePullSecrets: unlessEmpty(flags['pull-secret']),
    imagePullPolicy: flags['pull-policy'] as PodSettings['imagePullPolicy'],
    envFrom: unlessEmpty([
      ...flags['env-from-secret'].map((secret) => ({ secret })),
      ...flags['env-from-configmap'].map((configMap) => ({ configMap })),
    ]),
    proxy: isProxyTaken === true ? 'environment' : isProxied ? { http, https, none } : undefined,
    ...mountedVolumes(flags.volume),
    annotations: withValues(flags['pod-annotation'], '--pod-annotation', undefined),
    labels: withValues(flags['pod-label'], '--pod-label', ''),
    hostAliases: unlessEmpty(flags['add-host'].map(hostOf)),
    hostUsers: flags['user-namespace'] === true ? false : undefined,
    preset: flags['pod-preset'] as PodSettings['preset'],
  };
}

function amounts(
  cpu: string | undefined,
  memory: string | undefined,
  ephemeralStorage: string | undefined,
): PodSettings['limits'] {
  const isGiven = cpu !== undefined || memory !== undefined || ephemeralStorage !== undefined;
  return isGiven ? { cpu, memory, ephemeralStorage } : undefined;
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** `KEY[=VALUE][:EFFECT]`, as `kubectl taint` writes taints. */
function tolerationOf(text: string): KubernetesObject {
  const [, key = '', value, effect] = /^([^=:]+)(?:=([^:]*))?(?::(.*))?$/.exec(text) ?? [];
  if (key === '' || (effect !== undefined && !effects.includes(effect)))
    throw usageError(
      `--toleration takes KEY[=VALUE][:EFFECT], got ${quoted(text)}.`,
      `EFFECT is ${effects.join(', ')}, or left out for all of them.`,
    );
  return {
    key,
    ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...(effect === undefined ? {} : { effect }),
  };
}

/** `HOST:IP` as docker has it; an IPv6 address has colons of its own. */
function hostOf(text: string): KubernetesObject {
  const [, host = '', ip = ''] = /^([^:]+):\[?([\da-fA-F.:]+)\]?$/.exec(text) ?? [];
  if (host === '') throw usageError(`--add-host takes HOST:IP, got ${quoted(text)}.`);
  return { ip, hostnames: [host] };
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
