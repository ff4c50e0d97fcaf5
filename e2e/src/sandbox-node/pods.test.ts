import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registryFetch } from '../parts/registry-access.ts';
import { startTestSandbox, type TestSandbox } from '../parts/test-sandbox.ts';
import { createBuild } from './build-pod.ts';
import { hasEnded, podApi, type PodApi, type PodStatus } from './pod-api.ts';

let test: TestSandbox;
let api: PodApi;

beforeAll(async () => {
  test = await startTestSandbox();
  api = podApi(test.description);
});

afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

const plainHttp = ['--insecure', '--insecure-pull'];

function terminated(status: PodStatus): { exitCode: number; reason: string; message?: string } | undefined {
  return status.containerStatuses?.[0]?.state.terminated;
}

async function run(name: string, lines: readonly string[], more: object = {}): Promise<PodStatus> {
  const { baseImage: base, dockerConfig } = test.description;
  const Dockerfile = [`FROM ${base}`, ...lines].join('\n');
  await createBuild(api, {
    name,
    files: { Dockerfile },
    args: ['--no-push', ...plainHttp],
    dockerConfig,
    ...more,
  });
  return api.until(name, hasEnded);
}

describe('a build in a pod', () => {
  it('pushes to the registry, with the statuses and events of a kubelet', async () => {
    const destination = `${test.description.registry}/built:1`;
    const args = [`--destination=${destination}`, '--digest-file=/dev/termination-log', ...plainHttp];
    const status = await run('pushes', ['RUN echo built > /made'], { args });
    expect(terminated(status)).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(terminated(status)?.message).toMatch(/^sha256:[0-9a-f]{64}$/);
    const reasons = (await api.events('pushes')).map(({ reason }) => reason);
    expect(reasons).toEqual(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']);
    const manifest = await registryFetch(test.description, 'built/manifests/1', {
      headers: { accept: '*/*' },
    });
    expect(manifest.headers.get('docker-content-digest')).toBe(terminated(status)?.message);
  });

  it('gives RUN what a container has: its own processes, devices and host name, pipes for output', async () => {
    const status = await run('inside', [
      'RUN echo "to stdout" > /dev/stdout && echo "to stderr" > /dev/stderr',
      'RUN echo "host $(hostname || cat /etc/hostname)" && ls /dev | tr "\\n" " " && ls -d /proc/[0-9]*',
      'RUN grep -E "^Cap(Bnd|Eff)" /proc/self/status && cat /proc/1/oom_score_adj',
      'RUN chown 4242:4343 /tmp && ls -ldn /tmp && head -c 10 /dev/urandom | wc -c',
    ]);
    const log = await api.log('inside');
    if (terminated(status)?.exitCode !== 0) throw new Error(log);
    expect(log).toContain('to stdout\n');
    expect(log).toContain('to stderr\n');
    expect(log).toContain('host inside');
    expect(log).toMatch(/core fd full mqueue null ptmx pts random shm/);
    // chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, sys_chroot, audit_write, setfcap
    expect(log).toContain('CapBnd:\t00000000a00405fb');
    expect(log).toContain('4242 4343');
  });

  it('runs an older release by its tag', async () => {
    const status = await run('older', ['RUN echo by 1.9.2'], {
      image: 'gcr.io/kaniko-project/executor:v1.9.2',
    });
    expect(terminated(status)).toMatchObject({ exitCode: 0 });
    expect(await api.log('older')).toContain('by 1.9.2\n');
  });

  it('keeps two at once apart', async () => {
    const lines = (word: string): string[] => [
      `RUN echo ${word} > /only-here && sleep 1 && cat /only-here && ls -d /proc/[0-9]* | wc -l`,
    ];
    const [left, right] = await Promise.all([run('left', lines('left')), run('right', lines('right'))]);
    expect([terminated(left)?.exitCode, terminated(right)?.exitCode]).toEqual([0, 0]);
    expect(await api.log('left')).not.toContain('right');
    expect(await api.log('right')).not.toContain('left');
  });

  it('ends with the exit code of the failing RUN', async () => {
    const status = await run('fails', ['RUN exit 7'], {
      container: { terminationMessagePolicy: 'FallbackToLogsOnError' },
    });
    expect(terminated(status)).toMatchObject({ exitCode: 7, reason: 'Error' });
    expect(terminated(status)?.message).toContain('exit status 7');
  });
});

describe('volumes and variables', () => {
  it('waits for a missing secret in a kubelet\u2019s words and goes on when it is there', async () => {
    await createBuild(api, {
      name: 'patient',
      files: { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' },
      args: ['--no-push', '--label=from=$(WORD)', '--label=raw=$$(WORD)', '--label=kept=$(NONE)'],
      container: {
        env: [
          { name: 'WORD', valueFrom: { secretKeyRef: { name: 'late', key: 'word' } } },
          { name: 'WITH.DOT', value: "it's $(WORD)" },
        ],
      },
      volumes: [
        {
          name: 'docker',
          secret: { secretName: 'late', items: [{ key: 'json', path: 'config.json' }], defaultMode: 0o400 },
        },
        { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      ],
      mounts: [
        { name: 'docker', mountPath: '/kaniko/.docker' },
        { name: 'scratch', mountPath: '/scratch' },
      ],
    });
    const waiting = await api.until('patient', (status) => status.containerStatuses !== undefined);
    expect(waiting.containerStatuses?.[0]?.state.waiting?.reason).toBe('ContainerCreating');
    await expect
      .poll(async () => (await api.events('patient')).map(({ message }) => message), { timeout: 10_000 })
      .toContain('MountVolume.SetUp failed for volume "docker" : secret "late" not found');
    await api.create('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'late' },
      stringData: { word: 'secret word', json: '{"auths":{}}' },
    });
    expect(terminated(await api.until('patient', hasEnded))).toMatchObject({ exitCode: 0 });
  });

  it('says which variable lacks its secret', async () => {
    await createBuild(api, {
      name: 'unset',
      files: { Dockerfile: 'FROM scratch\n' },
      args: ['--no-push'],
      container: { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'never', key: 'k' } } }] },
    });
    const reasonOf = (status: PodStatus): string | undefined =>
      status.containerStatuses?.[0]?.state.waiting?.reason;
    const status = await api.until('unset', (now) => reasonOf(now) === 'CreateContainerConfigError');
    expect(status.containerStatuses?.[0]?.state.waiting?.message).toBe('secret "never" not found');
    await api.remove('unset');
  });
});

describe('limits', () => {
  /** Control groups need root, or a machine that hands them to users; without them the pod says so. */
  async function expectOutOfMemory(name: string, status: PodStatus, exitCode: number): Promise<void> {
    const events = await api.events(name);
    if (events.some(({ reason }) => reason === 'LimitsNotEnforced')) {
      expect(process.getuid?.(), 'root must be able to enforce limits').not.toBe(0);
      return;
    }
    expect(terminated(status)).toMatchObject({ exitCode, reason: 'OOMKilled' });
  }

  it('a RUN that eats its memory is killed, and Kaniko says so', async () => {
    const status = await run('hungry-run', ['RUN exec dd if=/dev/zero of=/dev/null bs=400000000 count=1'], {
      container: { resources: { limits: { memory: '96Mi' } } },
    });
    await expectOutOfMemory('hungry-run', status, 255);
  });

  it('an executor that eats its memory is killed', async () => {
    const status = await run('hungry-executor', ['RUN head -c 250000000 /dev/urandom > /big'], {
      container: { resources: { limits: { memory: '160Mi' } } },
    });
    await expectOutOfMemory('hungry-executor', status, 137);
  });

  it('a build that writes more than its ephemeral storage is evicted', async () => {
    const status = await run('large', ['RUN head -c 90000000 /dev/zero > /big && sleep 60'], {
      container: { resources: { limits: { 'ephemeral-storage': '64Mi' } } },
    });
    expect(status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod ephemeral local storage usage exceeds the total limit of containers 64Mi. ',
    });
  });
});

describe('what the sandbox does not run', () => {
  const refused = { name: 'kaniko', args: [] };

  it.each([
    ['other images', { image: 'docker.io/library/nginx' }, {}, 'ErrImagePull'],
    ['other programs', { command: ['/bin/sh', '-c', 'true'] }, {}, 'StartError'],
    ['privileged containers', { securityContext: { privileged: true } }, {}, 'SandboxUnsupported'],
    ['host paths', {}, { volumes: [{ name: 'h', hostPath: { path: '/' } }] }, 'SandboxUnsupported'],
  ])('%s', async (what, container, spec, expected) => {
    const name = `refused-${what.replaceAll(' ', '-')}`;
    await api.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        restartPolicy: 'Never',
        containers: [{ ...refused, image: 'gcr.io/kaniko-project/executor:v1.24.0', ...container }],
        ...spec,
      },
    });
    const reasonOf = (status: PodStatus): string | undefined => {
      const state = status.containerStatuses?.[0]?.state;
      return status.reason ?? state?.terminated?.reason ?? state?.waiting?.reason;
    };
    await api.until(name, (status) => reasonOf(status) === expected, 10_000);
    await api.remove(name);
  });
});

it('deleting a running pod ends it and leaves nothing of it', async () => {
  const Dockerfile = `FROM ${test.description.baseImage}\nRUN sleep 300\n`;
  const { dockerConfig } = test.description;
  await createBuild(api, {
    name: 'deleted',
    files: { Dockerfile },
    args: ['--no-push', ...plainHttp],
    dockerConfig,
  });
  await expect.poll(() => api.log('deleted').catch(() => ''), { timeout: 30_000 }).toContain('RUN sleep 300');
  const folders = await readdir(join(test.description.folder, 'node', 'pods'));
  await api.remove('deleted', 'gracePeriodSeconds=5');
  await expect
    .poll(async () => (await readdir(join(test.description.folder, 'node', 'pods'))).length, {
      timeout: 10_000,
    })
    .toBe(folders.length - 1);
  await expect(api.status('deleted')).rejects.toThrow('404');
});
