import { buildCommand } from './build-command.ts';
import type { Command } from './flag.ts';
import {
  demoCommand,
  explainCommand,
  helpCommand,
  replayCommand,
  sandboxCommand,
  versionCommand,
} from './small-commands.ts';

/** All commands, in the order of help. */
export const commands: readonly Command[] = [
  buildCommand,
  explainCommand,
  replayCommand,
  sandboxCommand,
  demoCommand,
  versionCommand,
  helpCommand,
];
