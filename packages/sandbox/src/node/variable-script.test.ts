import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { quote } from './quote.ts';
import { carrierLines, variableScript } from './variable-script.ts';

const run = promisify(execFile);

/** What a program finds in its environment. */
async function environmentOf(given: readonly (readonly [string, string])[]): Promise<readonly string[]> {
  const env = new Map(given);
  const script = variableScript({ env, workingDir: '/' }, 'env');
  const lines = [...carrierLines(env), `exec sh -c ${quote(script)} sh env -0`];
  const { stdout } = await run('sh', ['-c', lines.join('\n')]);
  return stdout.split('\0').slice(0, -1);
}

it.each([
  ['-S', 'x y'],
  ['-i', ''],
  ['A.B', "it's $HOME"],
  ['LD_PRELOAD_X', '"'],
  ['HOME', '/root\n'],
  ['IFS', 'e'],
  ['_', 'x'],
  ['KANIKIT_VALUE_7', 'own'],
])('gives the program the variable %s and no other', async (name, value) => {
  const environment = await environmentOf([
    ['PATH', process.env['PATH'] ?? ''],
    [name, value],
  ]);
  expect(environment).toContain(`${name}=${value}`);
  const others = environment.filter((entry) => !entry.startsWith('PATH=') && entry !== `${name}=${value}`);
  // The test's own variables are there, too; none of the set-up's are.
  expect(others.filter((entry) => entry.startsWith('KANIKIT_VALUE'))).toEqual([]);
});

it('no value is an argument of a program, unless its name is none of the shell', () => {
  const env = new Map([['PASSWORD', 'hunter2']]);
  expect(variableScript({ env, workingDir: '/' }, 'env')).not.toContain('hunter2');
  expect(carrierLines(env)).toEqual([`export KANIKIT_VALUE_0='hunter2'`]);
});
