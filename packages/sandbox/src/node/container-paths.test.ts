import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { planContainer, type ContainerPlan } from './container-plan.ts';
import { podFolder } from './pod-folder.ts';
import { makeRoot } from './root-folder.ts';
import type { PreparedVolume } from './volumes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-paths-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function plan(container: object): ContainerPlan {
  const pod = {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'x', env: [{ name: 'UP', value: '..' }], ...container }] },
  };
  return planContainer(pod, 'executor', { read: () => undefined }, '127.0.0.1');
}

const mounted = (mount: object): object => ({ volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] });

// The API server takes these: a container runtime keeps them in the container's root.
it.each([
  ['/../../../srv', '/srv'],
  ['../../srv', '/srv'],
  ['/a/../..', '/'],
  ['//x//', '/x'],
])('%j is %j of the container, wherever a path may be given', (path, inside) => {
  expect(plan({ workingDir: path }).workingDir).toBe(inside);
  expect(plan({ terminationMessagePath: path }).terminationMessagePath).toBe(inside);
  expect(plan(mounted({ mountPath: path })).mounts[0]?.mountPath).toBe(inside);
});

it('an expanded subPath that climbs is refused in the words of a kubelet', () => {
  expect(plan(mounted({ subPathExpr: '$(HOSTNAME)/x' })).mounts[0]?.subPath).toBe('p/x');
  for (const subPathExpr of ['$(UP)/x', 'a/$(UP)/$(UP)', '/x'])
    expect(() => plan(mounted({ subPathExpr }))).toThrow(/unable to provision SubPath/);
});

async function root(container: object): ReturnType<typeof makeRoot> {
  const executor = join(folder, 'executor');
  await writeFile(executor, '');
  const volume = join(folder, 'volume');
  await mkdir(join(volume, 'inner'), { recursive: true });
  await symlink(tmpdir(), join(volume, 'out')).catch(() => undefined);
  await symlink('inner', join(volume, 'in')).catch(() => undefined);
  const prepared: PreparedVolume = {
    name: 'v',
    folder: volume,
    readOnly: false,
    memorySizeBytes: undefined,
    sizeLimitBytes: undefined,
  };
  return makeRoot({
    folder: podFolder(folder, 'pod'),
    plan: plan(container),
    program: {
      path: executor,
      files: [executor],
      distribution: 'google',
      version: '1.24.0',
      way: 'given',
      sha256: '',
    },
    certificates: '',
    volumes: new Map([['v', prepared]]),
  });
}

it('a subPath by a link stays in its volume', async () => {
  await expect(root(mounted({ subPath: 'out' }))).rejects.toThrow(/not within volume path/);
  const mounts = await root(mounted({ subPath: 'in' }));
  expect(mounts.at(-1)).toMatchObject({ target: '/v', source: join(folder, 'volume', 'in') });
});

it.each(['/', '/proc', '/proc/sys', '/x/../proc/self'])('nothing is mounted at %s', async (mountPath) => {
  await expect(root(mounted({ mountPath }))).rejects.toThrow(/cannot be mounted/);
  await expect(root({ terminationMessagePath: mountPath })).rejects.toThrow(/cannot be mounted/);
});
