import { join } from 'node:path';

/** What runs where. One cluster per machine: its bridge, its addresses and its folders have fixed names. */
export interface ClusterLayout {
  /** Data of etcd, containerd and the kubelets, logs, keys. */
  readonly data: string;
  /** Sockets and process ids: gone after a restart of the machine. */
  readonly run: string;
  readonly bridge: string;
  /** Address of the machine as pods see it; the first node has it, the others count up from it. */
  readonly host: string;
  readonly podNetwork: string;
  readonly serviceNetwork: string;
  /** Address of the service `kubernetes`: the first of the network. */
  readonly serviceAddress: string;
  readonly ports: {
    readonly etcd: number;
    readonly etcdPeer: number;
    readonly api: number;
    readonly controllers: number;
    readonly scheduler: number;
    readonly proxyHealth: number;
    readonly proxyMetrics: number;
    readonly registry: number;
    readonly bucket: number;
  };
}

export const layout: ClusterLayout = {
  data: '/var/lib/kanikit-cluster',
  run: '/run/kanikit-cluster',
  bridge: 'kanikit0',
  host: '10.211.0.1',
  podNetwork: '10.211.0.0/16',
  serviceNetwork: '10.212.0.0/24',
  serviceAddress: '10.212.0.1',
  ports: {
    etcd: 36379,
    etcdPeer: 36380,
    api: 36443,
    controllers: 36257,
    scheduler: 36259,
    proxyHealth: 36256,
    proxyMetrics: 36249,
    registry: 36500,
    bucket: 36700,
  },
};

/** A machine of the cluster, played by processes of this one. */
export interface ClusterNode {
  readonly name: string;
  readonly address: string;
  /** First and last address of its pods. */
  readonly pods: readonly [first: string, last: string];
  readonly kubeletPort: number;
  readonly healthPort: number;
  readonly data: string;
  readonly run: string;
  /** Group of the kernel below which its pods are. */
  readonly cgroup: string;
}

/** Two nodes: enough to spread, to lose one and to land on the other. */
export const nodes: readonly ClusterNode[] = [1, 2].map((number) => ({
  name: `node-${number}`,
  address: `10.211.0.${number}`,
  pods: [`10.211.${number}.10`, `10.211.${number}.250`],
  kubeletPort: 36600 + number,
  healthPort: 36610 + number,
  data: join(layout.data, `node-${number}`),
  run: join(layout.run, `node-${number}`),
  cgroup: `kanikit-node-${number}`,
}));

/** `host:port` of the registry, the same for the machine, the nodes and the pods. Plain http. */
export const registry: string = `${layout.host}:${layout.ports.registry}`;

export const apiServer: string = `https://${layout.host}:${layout.ports.api}`;

/** Where a bearer of `kubeconfig` starts. */
export const kubeconfigFile: string = join(layout.data, 'kubeconfig');
