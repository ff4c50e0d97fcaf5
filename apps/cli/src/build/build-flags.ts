import type { buildCommand } from '../command-line/build-command.ts';
import type { FlagValues } from '../command-line/flag.ts';

/** Values of the flags of `kanikit build`. */
export type BuildFlags = FlagValues<(typeof buildCommand)['flags']>;
