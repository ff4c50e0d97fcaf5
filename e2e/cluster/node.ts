import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userKubeconfig } from './identities.ts';
import { type ClusterNode, layout, registry } from './layout.ts';
import type { ClusterProcess } from './process.ts';

/** Registries whose images the cluster's own registry has, so that the names users write can be pulled without their network. */
const mirrored = ['gcr.io', 'ghcr.io'];

export function containerd(node: ClusterNode): ClusterProcess {
  return {
    name: `containerd-${node.name}`,
    file: 'containerd',
    args: ['--config', join(node.data, 'containerd.toml')],
  };
}

export function containerdSocket(node: ClusterNode): string {
  return join(node.run, 'containerd.sock');
}

export function kubelet(node: ClusterNode, program: string): ClusterProcess {
  return {
    name: `kubelet-${node.name}`,
    file: program,
    args: [
      `--config=${join(node.data, 'kubelet.json')}`,
      `--kubeconfig=${userKubeconfig(node.name)}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.address}`,
      `--root-dir=${join(node.data, 'kubelet')}`,
      `--cert-dir=${join(node.data, 'kubelet-pki')}`,
    ],
  };
}

/** Writes what a node reads at its start. */
export async function writeNodeFiles(node: ClusterNode): Promise<void> {
  const hosts = join(node.data, 'registries');
  await Promise.all(
    [node.data, node.run, join(node.data, 'cni')].map((folder) => mkdir(folder, { recursive: true })),
  );
  await writeFile(join(node.data, 'containerd.toml'), containerdConfig(node, hosts));
  await writeNetwork(node);
  await writeFile(join(node.data, 'kubelet.json'), kubeletConfig(node));
  for (const name of [registry, ...mirrored]) {
    await mkdir(join(hosts, name), { recursive: true });
    const host = `[host."http://${registry}"]\n  capabilities = ["pull", "resolve"]\n`;
    await writeFile(join(hosts, name, 'hosts.toml'), `server = "http://${registry}"\n\n${host}`);
  }
}

/** Writes how pods get their addresses; containerd reads it again. */
export async function writeNetwork(
  node: ClusterNode,
  addresses: ClusterNode['pods'] = node.pods,
): Promise<void> {
  await writeFile(join(node.data, 'cni', '10-kanikit.conflist'), networkConfig(node, addresses));
}

function podLogs(node: ClusterNode): string {
  return join(node.data, 'pod-logs');
}

function containerdConfig(node: ClusterNode, hosts: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${join(node.data, 'containerd')}"
state = "${join(node.run, 'containerd')}"

[grpc]
  address = "${containerdSocket(node)}"

[ttrpc]
  address = "${join(node.run, 'containerd.ttrpc.sock')}"

[${cri}]
  sandbox_image = "${registry}/pause:1"
  # A machine without CAP_SYS_RESOURCE may not lower the score of a process.
  restrict_oom_score_adj = true

[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[${cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false

[${cri}.cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${join(node.data, 'cni')}"

[${cri}.registry]
  config_path = "${hosts}"
`;
}

function networkConfig(node: ClusterNode, [rangeStart, rangeEnd]: ClusterNode['pods']): string {
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: `kanikit-${node.name}`,
    plugins: [
      {
        type: 'bridge',
        bridge: layout.bridge,
        isGateway: false,
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: join(node.run, 'addresses'),
          ranges: [[{ subnet: layout.podNetwork, rangeStart, rangeEnd, gateway: layout.host }]],
          routes: [{ dst: '0.0.0.0/0', gw: layout.host }],
        },
      },
    ],
  });
}

function kubeletConfig(node: ClusterNode): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '0.0.0.0',
    port: node.kubeletPort,
    healthzBindAddress: '127.0.0.1',
    healthzPort: node.healthPort,
    // The API server comes without a client certificate, and nobody else can reach this machine's bridge.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${containerdSocket(node)}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.cgroup}`,
    failSwapOn: false,
    failCgroupV1: false,
    nodeStatusUpdateFrequency: '2s',
    nodeLeaseDurationSeconds: 6,
    // Tests fill small disks and small memories of their own; the machine's are not theirs to judge.
    evictionHard: { 'nodefs.available': '1%', 'imagefs.available': '1%', 'memory.available': '100Mi' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // Each kubelet removes the logs of pods that it does not know, the other node's among them.
    podLogsDir: podLogs(node),
    containerLogMaxSize: '10Mi',
    containerLogMaxFiles: 5,
    containerLogMonitorInterval: '3s',
    serializeImagePulls: false,
    registryPullQPS: 0,
    volumePluginDir: join(node.data, 'volume-plugins'),
  });
}
