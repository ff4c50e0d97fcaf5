import { statfsSync } from 'node:fs';
import { arch, availableParallelism, hostname, release, totalmem } from 'node:os';
import { apiTime, type ApiObject } from '../objects.ts';

export const nodeName = 'kanikit-sandbox';

/** The version of the API whose behaviour the sandbox follows. */
export const kubernetesVersion = 'v1.34.4';

/** The one node: this machine. */
export function describeNode(
  previous: ApiObject | undefined,
  uid: string,
  now: number,
  folder: string,
): ApiObject {
  const capacity = capacityOf(folder);
  const created = previous?.metadata.creationTimestamp ?? apiTime(now);
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: {
      name: nodeName,
      uid: previous?.metadata.uid ?? uid,
      resourceVersion: previous?.metadata.resourceVersion ?? '',
      creationTimestamp: created,
      labels: nodeLabels(),
    },
    spec: {},
    status: {
      capacity,
      allocatable: capacity,
      conditions: [
        condition(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
          created,
        ),
        condition(
          'DiskPressure',
          'False',
          'KubeletHasNoDiskPressure',
          'kubelet has no disk pressure',
          created,
        ),
        condition(
          'PIDPressure',
          'False',
          'KubeletHasSufficientPID',
          'kubelet has sufficient PID available',
          created,
        ),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', created),
      ],
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: hostname() },
      ],
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: release(),
        osImage: 'kanikit sandbox',
        containerRuntimeVersion: 'kanikit://1',
        kubeletVersion: kubernetesVersion,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: architecture(),
      },
    },
  };
}

function nodeLabels(): Readonly<Record<string, string>> {
  return {
    'kubernetes.io/arch': architecture(),
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
  };
}

function capacityOf(folder: string): Readonly<Record<string, string>> {
  const disk = statfsSync(folder);
  return {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor((disk.blocks * disk.bsize) / 1024)}Ki`,
    pods: '110',
  };
}

function architecture(): string {
  return { x64: 'amd64' }[arch() as string] ?? arch();
}

function condition(type: string, status: string, reason: string, message: string, time: string): unknown {
  return { type, status, lastHeartbeatTime: time, lastTransitionTime: time, reason, message };
}
