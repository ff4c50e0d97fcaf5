import { join } from 'node:path';
import type { Identities } from './identities.ts';
import { userKubeconfig } from './identities.ts';
import { layout, nodes } from './layout.ts';
import type { ClusterProcess } from './process.ts';

/** How soon a node that is silent counts as lost, and its pods with it: minutes by default, which no test should wait for. */
const nodeGraceSeconds = 12;
const lostSeconds = 3;

export function etcd(program: string): ClusterProcess {
  const client = `http://127.0.0.1:${layout.ports.etcd}`;
  const peer = `http://127.0.0.1:${layout.ports.etcdPeer}`;
  return {
    name: 'etcd',
    file: program,
    args: [
      '--name=kanikit',
      `--data-dir=${join(layout.data, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=kanikit=${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  };
}

export function apiServerProcess(program: string, identities: Identities): ClusterProcess {
  return {
    name: 'kube-apiserver',
    file: program,
    args: [
      `--etcd-servers=http://127.0.0.1:${layout.ports.etcd}`,
      '--bind-address=0.0.0.0',
      `--advertise-address=${layout.host}`,
      `--secure-port=${layout.ports.api}`,
      `--tls-cert-file=${identities.certificateFile}`,
      `--tls-private-key-file=${identities.keyFile}`,
      `--cert-dir=${join(layout.data, 'pki', 'own')}`,
      `--service-cluster-ip-range=${layout.serviceNetwork}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${identities.accountPublicKeyFile}`,
      `--service-account-signing-key-file=${identities.accountKeyFile}`,
      `--token-auth-file=${identities.tokenFile}`,
      '--authorization-mode=Node,RBAC',
      '--allow-privileged=true',
      // The names of the nodes are known to nobody else.
      '--kubelet-preferred-address-types=InternalIP',
      `--default-not-ready-toleration-seconds=${lostSeconds}`,
      `--default-unreachable-toleration-seconds=${lostSeconds}`,
    ],
  };
}

export function controllerManager(program: string, identities: Identities): ClusterProcess {
  return {
    name: 'kube-controller-manager',
    file: program,
    args: [
      ...clientFlags(),
      `--secure-port=${layout.ports.controllers}`,
      `--cert-dir=${join(layout.data, 'pki', 'controllers')}`,
      `--service-account-private-key-file=${identities.accountKeyFile}`,
      `--root-ca-file=${identities.authorityFile}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      `--node-monitor-grace-period=${nodeGraceSeconds}s`,
      '--node-monitor-period=1s',
    ],
  };
}

export function scheduler(program: string): ClusterProcess {
  return {
    name: 'kube-scheduler',
    file: program,
    args: [
      ...clientFlags(),
      `--secure-port=${layout.ports.scheduler}`,
      `--cert-dir=${join(layout.data, 'pki', 'scheduler')}`,
      '--leader-elect=false',
    ],
  };
}

/** Makes the service `kubernetes` reachable for pods, as they find it in their environment. */
export function serviceProxy(program: string): ClusterProcess {
  return {
    name: 'kube-proxy',
    file: program,
    args: [
      `--kubeconfig=${userKubeconfig('admin')}`,
      '--proxy-mode=iptables',
      `--cluster-cidr=${layout.podNetwork}`,
      `--hostname-override=${nodes[0]?.name}`,
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0s',
      '--conntrack-tcp-timeout-close-wait=0s',
      `--healthz-bind-address=127.0.0.1:${layout.ports.proxyHealth}`,
      `--metrics-bind-address=127.0.0.1:${layout.ports.proxyMetrics}`,
    ],
  };
}

function clientFlags(): readonly string[] {
  const kubeconfig = userKubeconfig('admin');
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
  ];
}
