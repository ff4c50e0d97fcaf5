import { expect, it } from 'vitest';
import { planContainer } from './container-plan.ts';
import type { KubernetesObject, ObjectReader } from './pod-runtime.ts';
import { refusePod } from './refuse-pod.ts';
import type { PodSpec } from './pod-spec.ts';

const objects: ObjectReader = {
  read(kind, namespace, name) {
    if (namespace !== 'builds') return undefined;
    const metadata = { name, namespace };
    if (kind === 'secrets' && name === 'login') return { metadata, data: { user: 'YWRh' } };
    if (kind === 'configmaps' && name === 'settings') return { metadata, data: { A: 'one', B: 'two' } };
    return undefined;
  },
};

function pod(container: object): KubernetesObject {
  return {
    metadata: { name: 'build-1', namespace: 'builds', uid: 'u-1', labels: { app: 'x' } },
    spec: { containers: [{ name: 'kaniko', image: 'gcr.io/kaniko-project/executor', ...container }] },
  };
}

const plan = (container: object) => planContainer(pod(container), 'executor', objects, '127.0.0.1');

it('takes variables from the image, envFrom and env, in this order', () => {
  const { env } = plan({
    envFrom: [
      { configMapRef: { name: 'settings' }, prefix: 'S_' },
      { secretRef: { name: 'none', optional: true } },
    ],
    env: [
      { name: 'HOME', value: '/tmp' },
      { name: 'S_B', value: '$(S_A)-$(HOME)-$$(HOME)-$(NOBODY)' },
      { name: 'USER_NAME', valueFrom: { secretKeyRef: { name: 'login', key: 'user' } } },
      { name: 'GONE', valueFrom: { secretKeyRef: { name: 'login', key: 'none', optional: true } } },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ],
  });
  expect(Object.fromEntries(env)).toMatchObject({
    HOME: '/tmp',
    S_A: 'one',
    S_B: 'one-/tmp-$(HOME)-$(NOBODY)',
    USER_NAME: 'ada',
    POD: 'build-1',
    APP: 'x',
    IP: '127.0.0.1',
    HOSTNAME: 'build-1',
    container: 'kube',
  });
  expect(env.has('GONE')).toBe(false);
});

it.each([
  [{ secretKeyRef: { name: 'none', key: 'k' } }, 'secret "none" not found'],
  [{ secretKeyRef: { name: 'login', key: 'k' } }, "couldn't find key k in Secret builds/login"],
  [{ configMapKeyRef: { name: 'none', key: 'k' } }, 'configmap "none" not found'],
  [{ configMapKeyRef: { name: 'settings', key: 'k' } }, "couldn't find key k in ConfigMap builds/settings"],
])('says what is missing as the kubelet does: %j', (valueFrom, message) => {
  expect(() => plan({ env: [{ name: 'X', valueFrom }] })).toThrow(
    expect.objectContaining({ code: 'container-config', message }),
  );
});

it('expands the command line and sorts mounts parents first', () => {
  const { command, mounts, workingDir } = plan({
    args: ['--destination=$(NAME)'],
    env: [{ name: 'NAME', value: 'r/x' }],
    volumeMounts: [
      { name: 'b', mountPath: '/kaniko/.docker/config.json' },
      { name: 'a', mountPath: '/kaniko/.docker/' },
    ],
  });
  expect(command).toEqual(['/kaniko/executor', '--destination=r/x']);
  expect(mounts.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(workingDir).toBe('/workspace');
});

it.each([
  ['two containers', { containers: [{}, {}] }, 'one container'],
  ['init containers', { initContainers: [{}] }, 'one container'],
  ['a terminal', { containers: [{ tty: true }] }, 'tty'],
  ['privileges', { containers: [{ securityContext: { privileged: true } }] }, 'privileged'],
  ['host processes', { hostPID: true }, 'hostPID'],
  ['user namespaces', { hostUsers: false }, 'hostUsers'],
  ['host paths', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'hostPath'],
  ['claims', { volumes: [{ name: 'v', persistentVolumeClaim: {} }] }, 'persistentVolumeClaim'],
  ['no root', { securityContext: { runAsNonRoot: true } }, 'runAsNonRoot'],
])('refuses %s', (_what, spec, word) => {
  expect(refusePod({ containers: [{}], ...spec } as unknown as PodSpec)).toContain(word);
});
