import { buildCommand } from '../command-line/build-command.ts';
import type { Flag } from '../command-line/flag.ts';
import { emptyValue } from '../command-line/parse-command-line.ts';
import type { BuildFlags } from './build-flags.ts';

/** The flags of `kanikit build` as they are when none is given: for commands that share some of them. */
export function emptyBuildFlags(): BuildFlags {
  const entries = Object.entries<Flag>(buildCommand.flags).map(([name, flag]) => [name, emptyValue(flag)]);
  return Object.fromEntries(entries) as BuildFlags;
}
