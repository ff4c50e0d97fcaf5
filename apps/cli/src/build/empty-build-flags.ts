import { buildCommand } from '../command-line/build-command.ts';
import type { Flag } from '../command-line/flag.ts';
import type { BuildFlags } from './build-requests.ts';

/** The flags of `kanikit build` as they are when none is given: for commands that share some of them. */
export function emptyBuildFlags(): BuildFlags {
  const entries = Object.entries<Flag>(buildCommand.flags).map(([name, { type }]) => [
    name,
    type === 'list' ? [] : type === 'pairs' ? {} : undefined,
  ]);
  return Object.fromEntries(entries) as BuildFlags;
}
