import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { main } from '../main.ts';
import { createTestIo } from '../testing/test-io.ts';

async function doctor(args: readonly string[]) {
  const { io, out, err } = createTestIo({ env: { HOME: '/nonexistent', PATH: '' } });
  const code = await main(['doctor', ...args], io);
  return { code, out: out(), err: err() };
}

describe('without a cluster', () => {
  test('says what is missing, and looks at the rest', async () => {
    const { code, out, err } = await doctor([
      '-t',
      '127.0.0.1:1/app',
      '--executor-image',
      '127.0.0.1:1/kaniko:1',
    ]);
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(/^problem {2}API server .*\/nonexistent\/\.kube\/config does not exist/m);
    expect(out).toMatch(/^warning {2}Registry 127\.0\.0\.1:1 /m);
    expect(out).toMatch(/^unseen {3}Executor image /m);
    expect(out).toMatch(/^ 1\. API server: Name a kubeconfig/m);
    expect(out.trim().split('\n').at(-1)).toMatch(/^Builds can not run: 1 problem, /);
  });

  test('as JSON', async () => {
    const { code, out } = await doctor(['--json', '--executor-image', '127.0.0.1:1/kaniko:1']);
    expect(code).toBe(3);
    const report = JSON.parse(out) as { readonly findings: readonly { readonly check: string }[] };
    expect(report).toMatchObject({ schema: 'kanikit.doctor/1', canBuild: false });
    expect(report.findings.map(({ check }) => check)).toEqual([
      'client',
      'server',
      'executor-image',
      'bucket',
    ]);
  });
});

describe('--print-role', () => {
  test('for a service account', async () => {
    const { code, out } = await doctor(['--print-role', '-n', 'builds', '--service-account', 'ci']);
    expect(code).toBe(0);
    expect(out.match(/^kind: .*$/gm)).toEqual(['kind: ServiceAccount', 'kind: Role', 'kind: RoleBinding']);
    expect(out).toContain('  # build: create, to start the build\n');
    expect(out).toContain('    resources: ["jobs"]\n');
  });

  test('for a user, as JSON, with features left out', async () => {
    const { out } = await doctor([
      '--print-role',
      '--json',
      '--user',
      'jane',
      '--without',
      'job,cancel,prune',
    ]);
    expect(JSON.parse(out)).toMatchObject([
      { kind: 'Role', metadata: { namespace: 'default' } },
      { kind: 'RoleBinding', subjects: [{ kind: 'User', name: 'jane' }] },
    ]);
    expect(out).not.toContain('jobs');
  });
});

test('--print-role is for the namespace of the context where none is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-doctor-'));
  const kubeconfig = join(folder, 'config');
  const context = { name: 'c', context: { cluster: 'c', user: 'u', namespace: 'team' } };
  await writeFile(
    kubeconfig,
    JSON.stringify({
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: {} }],
      contexts: [context],
    }),
  );
  try {
    const { out } = await doctor(['--print-role', '--kubeconfig', kubeconfig]);
    expect(new Set(out.match(/namespace: .*$/gm))).toEqual(new Set(['namespace: team']));
    const wrong = await doctor(['--print-role', '--kubeconfig', kubeconfig, '--kube-context', 'nope']);
    expect(wrong).toMatchObject({ code: 2, out: '' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a sandbox that does not run is the only finding: nothing is said of another cluster', async () => {
  // Another data folder than that of whoever runs the tests, who may have a sandbox.
  vi.stubEnv('XDG_DATA_HOME', '/nonexistent');
  const { code, out } = await doctor(['--sandbox', '--json']);
  vi.unstubAllEnvs();
  const { findings } = JSON.parse(out) as { readonly findings: readonly object[] };
  expect({ code, findings }).toMatchObject({ code: 3, findings: [{ title: 'Sandbox', status: 'problem' }] });
});

test.each([
  [['--user', 'jane'], '--user belongs to --print-role.'],
  [['--without', 'job'], '--without belongs to --print-role.'],
  [['--print-role', '--user', 'a', '--group', 'b'], 'the Role is for one of them'],
  [['--print-role', '--without', 'jobs'], 'Did you mean job?'],
  [['-t', 'Bad Name'], 'Reading the image name'],
])('%s is refused', async (args, words) => {
  const { code, err } = await doctor(args);
  expect(code).toBe(2);
  expect(err).toContain(words);
});
