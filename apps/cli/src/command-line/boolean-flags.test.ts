import { describe, expect, test } from 'vitest';
import { usageProblem } from '../testing/usage-problem.ts';
import { commands } from './commands.ts';
import type { Command, Flag } from './flag.ts';
import { parseCommandLine } from './parse-command-line.ts';

const spellings = [
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
];
const nonsense = ['', 'yes', 'no', 'on', 'off', 'tRUE', '2', 'null', 'undefined'];

interface BooleanFlag {
  readonly command: Command;
  readonly name: string;
  readonly flag: Flag;
  readonly title: string;
}

const booleans: readonly BooleanFlag[] = commands.flatMap((command) =>
  Object.entries(command.flags)
    .filter(([, { type }]) => type === 'boolean')
    .map(([name, flag]) => ({ command, name, flag, title: `${command.name} --${name}` })),
);

/** The arguments that a command wants at least. */
function argumentsOf({ args }: Command): readonly string[] {
  return Array.from({ length: args?.min ?? 0 }, (_, position) => `x${position}`);
}

function flagsOf(command: Command, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const parsed = parseCommandLine([command.name, ...argumentsOf(command), ...words], commands, env);
  if (parsed.kind !== 'run') throw new Error(`it is ${parsed.kind}`);
  return parsed.values.flags;
}

/** What is read, whatever the flag is called by which it was said. */
function settingOf({ name, flag }: BooleanFlag, value: boolean): readonly [string, boolean] {
  return flag.negates === undefined ? [name, value] : [flag.negates, !value];
}

test('there are boolean flags', () => {
  expect(booleans.length).toBeGreaterThan(50);
});

describe.each(booleans)('$title', (boolean) => {
  const { command, name, flag } = boolean;

  test('takes every spelling of true and false', () => {
    for (const [text, value] of spellings) {
      const [setting, expected] = settingOf(boolean, value);
      expect(flagsOf(command, [`--${name}=${text}`])[setting], text).toBe(expected);
      if (flag.short === undefined) continue;
      expect(flagsOf(command, [`-${flag.short}=${text}`])[setting], text).toBe(expected);
    }
  });

  test('alone means true, and is absent where it is not given', () => {
    const [setting, expected] = settingOf(boolean, true);
    expect(flagsOf(command, [`--${name}`])[setting]).toBe(expected);
    expect(flagsOf(command, [])[setting]).toBeUndefined();
  });

  test('the last one counts', () => {
    const [setting, expected] = settingOf(boolean, true);
    expect(flagsOf(command, [`--${name}=false`, `--${name}`])[setting]).toBe(expected);
    expect(flagsOf(command, [`--${name}`, `--${name}=0`])[setting]).toBe(!expected);
  });

  test('refuses what is neither, and names the flag', () => {
    for (const text of nonsense) {
      const problem = usageProblem(() => flagsOf(command, [`--${name}=${text}`]));
      expect(problem).toContain(`--${name} is on or off, got "${text}"`);
    }
  });

  test('a value behind a blank is no argument', () => {
    expect(usageProblem(() => flagsOf(command, [`--${name}`, 'false']))).toContain(`Write --${name}=false`);
  });
});

describe.each(booleans.filter(({ flag }) => flag.env !== undefined))('$flag.env of $title', (boolean) => {
  const { command, name, flag } = boolean;
  const variable = flag.env ?? '';

  test('is called like the flag', () => {
    expect(variable).toBe(`KANIKIT_${name.toUpperCase().replaceAll('-', '_')}`);
  });

  test('takes every spelling, counts where the flag is absent, and is absent where it is empty', () => {
    for (const [text, value] of spellings) {
      expect(flagsOf(command, [], { [variable]: text })[name], text).toBe(value);
      expect(flagsOf(command, [`--${name}=${String(!value)}`], { [variable]: text })[name], text).toBe(
        !value,
      );
    }
    expect(flagsOf(command, [], { [variable]: '' })[name]).toBeUndefined();
  });

  test('refuses what is neither, and names the variable', () => {
    for (const text of nonsense.filter((word) => word !== '')) {
      const problem = usageProblem(() => flagsOf(command, [], { [variable]: text }));
      expect(problem).toContain(`${variable} is on or off, got "${text}"`);
    }
  });
});
