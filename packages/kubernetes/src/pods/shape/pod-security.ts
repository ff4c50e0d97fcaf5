import type { KubernetesObject, Manifest } from '@kanikit/spec';
import type { Flaw } from './flaw.ts';
import { listAt, objectAt, podInvalid, specOf } from './pod-fields.ts';

// The level "baseline" of the Pod Security Standards, as far as pods for Linux go.

const allowedCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);
const allowedSysctls = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);
const allowedSeLinuxTypes = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);

/**
 * Refuses a pod that a namespace of the Pod Security level "baseline" would refuse.
 *
 * @throws KanikitError `pod-invalid` naming the first place
 */
export function checkBaseline(pod: Manifest, buildId: string): void {
  const first = [...violations(specOf(pod))].find(([, problem]) => problem !== undefined);
  if (first?.[1] === undefined) return;
  throw podInvalid(
    buildId,
    first[0],
    `${first[1]}, which the Pod Security level "baseline" does not allow`,
    'Leave it out, or build without this preset in a namespace of the level "privileged".',
  );
}

function* violations(spec: KubernetesObject): Generator<Flaw> {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
    yield [`spec.${field}`, spec[field] === true ? 'is true' : undefined];
  for (const volume of listAt(spec, 'volumes'))
    yield [`spec.volumes[${String(volume['name'])}]`, 'hostPath' in volume ? 'is a hostPath' : undefined];
  const pod = objectAt(spec, 'securityContext');
  yield* shared(pod, 'spec.securityContext');
  for (const sysctl of listAt(pod, 'sysctls').map(({ name }) => String(name)))
    yield [`spec.securityContext.sysctls[${sysctl}]`, allowedSysctls.has(sysctl) ? undefined : 'is set'];
  for (const list of ['containers', 'initContainers'])
    for (const container of listAt(spec, list))
      yield* containerViolations(container, `spec.${list}[${String(container['name'])}]`);
}

function* containerViolations(container: KubernetesObject, path: string): Generator<Flaw> {
  const security = objectAt(container, 'securityContext');
  const at = `${path}.securityContext`;
  yield [`${at}.privileged`, security['privileged'] === true ? 'is true' : undefined];
  const { add } = objectAt(security, 'capabilities');
  for (const name of Array.isArray(add) ? add.map(String) : [])
    yield [`${at}.capabilities.add`, allowedCapabilities.has(name) ? undefined : `has ${name}`];
  const { procMount = 'Default' } = security;
  yield [`${at}.procMount`, procMount === 'Default' ? undefined : `is ${JSON.stringify(procMount)}`];
  yield* shared(security, at);
  for (const { hostPort } of listAt(container, 'ports'))
    yield [`${path}.ports`, (hostPort ?? 0) === 0 ? undefined : `has the host's port ${String(hostPort)}`];
}

/** What a pod and its containers may say alike. */
function* shared(security: KubernetesObject, path: string): Generator<Flaw> {
  for (const profile of ['seccompProfile', 'appArmorProfile'])
    yield [
      `${path}.${profile}`,
      objectAt(security, profile)['type'] === 'Unconfined' ? 'is Unconfined' : undefined,
    ];
  const { type = '', user = '', role = '' } = objectAt(security, 'seLinuxOptions');
  const isAllowed = allowedSeLinuxTypes.has(String(type)) && user === '' && role === '';
  yield [`${path}.seLinuxOptions`, isAllowed ? undefined : 'has a type, user or role of its own'];
  const isHostProcess = objectAt(security, 'windowsOptions')['hostProcess'] === true;
  yield [`${path}.windowsOptions.hostProcess`, isHostProcess ? 'is true' : undefined];
}
