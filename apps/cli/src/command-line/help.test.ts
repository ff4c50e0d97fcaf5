import { describe, expect, test } from 'vitest';
import { commands } from './commands.ts';
import { commandHelp, overviewHelp } from './help.ts';
import { cliReference } from './reference.ts';

describe.each([
  ['overview', overviewHelp(commands)],
  ...commands.map((command) => [command.name, commandHelp(command)] as const),
])('help: %s', (_name, text) => {
  test('fits into 80 columns and ends its last line', () => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/[^\n]\n$/);
    expect(text).not.toMatch(/undefined|\[object|[ \t]\n/);
  });
});

test('names every command in the overview, every flag in the help of its command', () => {
  const overview = overviewHelp(commands);
  for (const command of commands) {
    expect(overview).toMatch(new RegExp(`^  ${command.name} `, 'm'));
    const help = commandHelp(command);
    for (const name of Object.keys(command.flags)) {
      expect(help).toMatch(new RegExp(`^  (?:-\\w, |    )--${name}(?: |$)`, 'm'));
    }
  }
});

test('the table is sound: short flags are unique, choices and documentation are there', () => {
  for (const { name, flags } of commands) {
    const shorts = Object.values(flags).flatMap(({ short }) => short ?? []);
    expect(new Set(shorts).size, name).toBe(shorts.length);
    for (const flag of Object.values(flags)) {
      expect(flag.doc).not.toBe('');
      expect(flag.type === 'choice').toBe(flag.choices !== undefined);
    }
  }
});

test('docs/cli.md is up to date', async () => {
  const hint =
    'docs/cli.md is not what the command table says: renew it with "vitest run -u --project=unit apps/cli"';
  await expect(cliReference(commands), hint).toMatchFileSnapshot('../../../../docs/cli.md');
});
