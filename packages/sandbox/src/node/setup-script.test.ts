import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { ContainerPlan } from './container-plan.ts';
import type { Isolation } from './isolation.ts';
import { quote } from './quote.ts';
import { setupScript } from './setup-script.ts';

const run = promisify(execFile);

it.each(["it's", '$(id) `id` "x" \\ \n new', '', '-n', "''"])(
  'passes %j through a shell unchanged',
  async (text) => {
    const { stdout } = await run('sh', ['-c', `printf %s ${quote(text)}`]);
    expect(stdout).toBe(text);
  },
);

it('refuses what no argument can hold', () => {
  expect(() => quote('a\0b')).toThrow('NUL');
});

const allIds = [[0, 0, 4_294_967_295]] as const;
const ownUsers: Isolation = { kind: 'root', ownUsers: { uidMap: allIds, gidMap: allIds } };

function script(plan: Partial<ContainerPlan>, isolation: Isolation = ownUsers): string {
  return setupScript({
    plan: {
      name: 'kaniko',
      hostname: 'h',
      command: ['/kaniko/executor'],
      workingDir: '/workspace',
      env: new Map(),
      mounts: [],
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      memoryLimitBytes: undefined,
      cpuLimit: undefined,
      security: {},
      supplementalGroups: [],
      network: { containers: [] },
      ...plan,
    },
    root: '/pods/1/root',
    tools: { folder: '/tools', prefix: './' },
    isolation,
    mounts: [],
    cgroupFiles: [],
  });
}

it('limits everything that the kernel counts by user', () => {
  const text = script({});
  for (const name of readdirSync('/proc/sys/user')) expect(text).toContain(`/sys/user/${name}`);
});

it('is a shell script whatever names and values are in it', async () => {
  const env = new Map([
    ['A', "it's; rm -rf /"],
    ['WITH.DOT', 'x y'],
    ['LD_PRELOAD', '/evil.so'],
    ['IFS', 'x'],
  ]);
  const text = script({ env, command: ['/kaniko/executor', "--label=it's"], hostname: 'a b' });
  await run('sh', ['-n', '-c', text]);
});

it.each(['LD_PRELOAD', 'IFS', 'LOCPATH', 'GCONV_PATH', 'LANGUAGE', 'LC_ALL', 'PATH', 'A'])(
  'no program that has more rights than the container sees its variable %s',
  (name) => {
    const text = script({ env: new Map([[name, '/evil']]) });
    const [before, ...after] = text.split(`${name}=`);
    expect(after).toHaveLength(1);
    expect(before).toMatch(/\.\/setpriv [^\n]*--bounding-set [^\n]*\.\/sh -c /);
    expect(before!.match(/'\/evil'/g)).toHaveLength(1);
  },
);

it('no variable of the shell kind is an argument: every user of the machine could read it', () => {
  const last = script({ env: new Map([['PASSWORD', 'hunter2']]) })
    .split('\n')
    .at(-1);
  expect(last).not.toContain('hunter2');
});

it.each([
  ['nothing by default', {}, /\+chown,.*\+setfcap/],
  ['all', { capabilities: { drop: ['ALL'] } }, /--bounding-set -all \.\/sh/],
  ['one', { capabilities: { drop: ['CAP_CHOWN'] } }, /-all,\+dac_override/],
  ['all but one', { capabilities: { drop: ['ALL'], add: ['CHOWN', 'SYS_ADMIN'] } }, /-all,\+chown \.\/sh/],
])('drops %s', (_what, security, expected) => {
  expect(script({ security })).toMatch(expected);
});

it('gives the container the groups of its pod, and no other', () => {
  expect(script({})).toContain('--clear-groups');
  expect(script({ supplementalGroups: [5, 1000] })).toMatch(/setpriv --groups 5,1000 /);
});
