import { describe, expect, test } from 'vitest';
import { commands } from './commands.ts';
import { flagGroups, groupedFlagNames } from './flag-groups.ts';
import { commandHelp, overviewHelp } from './help.ts';
import { cliReference } from './reference.ts';

const pages = [
  { name: 'overview', text: overviewHelp(commands) },
  ...commands.map((command) => ({ name: command.name, text: commandHelp(command) })),
];

describe.each(pages)('help: $name', ({ text }) => {
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
      expect(help).toMatch(new RegExp(`^  (?:-\\w, |    )--${name}(?: |\\[|$)`, 'm'));
    }
  }
});

test('the table is sound: short flags are unique, choices and documentation are there', () => {
  for (const { flags } of commands) {
    const shorts = Object.values(flags).flatMap(({ short }) => short ?? []);
    expect([...new Set(shorts)]).toEqual(shorts);
    for (const flag of Object.values(flags)) {
      expect(flag.doc).not.toBe('');
      expect(flag.type === 'choice').toBe(flag.choices !== undefined);
    }
  }
});

test('groups name each flag once, and none that is not there', () => {
  const known = new Set(commands.flatMap(({ flags }) => Object.keys(flags)));
  expect(groupedFlagNames.filter((name) => !known.has(name))).toEqual([]);
  expect([...new Set(groupedFlagNames)]).toEqual(groupedFlagNames);
  for (const command of commands) {
    const names = flagGroups(command).flatMap(({ flags }) => flags.map(([name]) => name));
    expect(names.toSorted()).toEqual(Object.keys(command.flags).toSorted());
  }
});

test('every flag of build belongs to a subject', () => {
  const build = commands.find(({ name }) => name === 'build');
  expect(build && flagGroups(build).map(({ title }) => title)).not.toContain('Flags');
});

test('docs/cli.md is what the command table says; renew it with: npx vitest run -u --project=unit apps/cli', async () => {
  await expect(cliReference(commands)).toMatchFileSnapshot('../../../../docs/cli.md');
});
