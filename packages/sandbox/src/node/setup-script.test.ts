import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { ContainerPlan } from './container-plan.ts';
import type { Isolation } from './isolation.ts';
import { quote, setupScript } from './setup-script.ts';

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

it('is a shell script whatever names and values are in it', async () => {
  const env = new Map([
    ['A', "it's; rm -rf /"],
    ['WITH.DOT', 'x y'],
    ['LD_PRELOAD', '/evil.so'],
    ['IFS', 'x'],
  ]);
  const text = script({ env, command: ['/kaniko/executor', "--label=it's"], hostname: 'a b' });
  await run('sh', ['-n', '-c', text]);
  // What would change the tools on the way is only given to the program.
  expect(text).not.toMatch(/^export (?:LD_PRELOAD|IFS)/m);
  expect(text).toMatch(/'LD_PRELOAD=\/evil\.so'/);
});

it('no variable of the shell kind is an argument: every user of the machine could read it', () => {
  const last = script({ env: new Map([['PASSWORD', 'hunter2']]) })
    .split('\n')
    .at(-1);
  expect(last).not.toContain('hunter2');
});

it.each([
  ['nothing by default', {}, /\+chown,.*\+setfcap/],
  ['all', { capabilities: { drop: ['ALL'] } }, /--bounding-set -all \.\/env/],
  ['one', { capabilities: { drop: ['CAP_CHOWN'] } }, /-all,\+dac_override/],
  ['all but one', { capabilities: { drop: ['ALL'], add: ['CHOWN', 'SYS_ADMIN'] } }, /-all,\+chown \.\/env/],
])('drops %s', (_what, security, expected) => {
  expect(script({ security })).toMatch(expected);
});
