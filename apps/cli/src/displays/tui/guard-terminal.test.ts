import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const module = new URL('./guard-terminal.ts', import.meta.url).href;

/** Runs code with a guarded terminal in a process of its own; what arrives on its terminal, both streams in their order. */
function terminalOf(code: string): string {
  const script = `
    import { writeSync } from 'node:fs';
    import { guardTerminal } from '${module}';
    const stdin = { isRaw: true, setRawMode: (isRaw) => writeSync(1, 'raw ' + isRaw + ';') };
    const guard = guardTerminal({ fd: 1 }, stdin, () => writeSync(1, 'last frame;'));
    ${code}`;
  // One file for both streams, as a terminal is.
  const { stdout } = spawnSync(
    'sh',
    ['-c', 'exec "$0" --input-type=module -e "$1" 2>&1', process.execPath, script],
    {
      encoding: 'utf8',
    },
  );
  return stdout;
}

const givenBack = /last frame;raw false;\u001b\[\?2026l\u001b\[\?2004l\u001b\[\?1049l\u001b\[\?25h\u001b\[0m/;

test.each([
  ['an error nobody caught', "throw new Error('boom')"],
  ['a rejection nobody handled', "Promise.reject(new Error('boom'))"],
  [
    'drawing that fails at the end, too',
    "guardTerminal({ fd: 1 }, {}, () => { throw new Error('again') }); throw new Error('boom')",
  ],
])('%s is printed after the terminal is given back', { timeout: 60_000 }, (_name, code) => {
  const shown = terminalOf(code);
  expect(shown).toMatch(givenBack);
  expect(shown.search(givenBack)).toBeLessThan(shown.indexOf('Error: boom'));
  expect(shown.split('last frame')).toHaveLength(2);
});

test(
  'a process that ends gives it back; one that has released it leaves it alone',
  { timeout: 60_000 },
  () => {
    expect(terminalOf('process.exit(3)')).toMatch(givenBack);
    expect(terminalOf('guard.release()')).toBe('');
  },
);
