import { buildCommand } from './build-command.ts';
import { contextCommand } from './context-command.ts';
import { doctorCommand } from './doctor-command.ts';
import type { Command } from './flag.ts';
import {
  attachCommand,
  cancelCommand,
  inspectCommand,
  logsCommand,
  pruneCommand,
  psCommand,
} from './found-commands.ts';
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
  psCommand,
  attachCommand,
  logsCommand,
  inspectCommand,
  cancelCommand,
  pruneCommand,
  contextCommand,
  doctorCommand,
  explainCommand,
  replayCommand,
  sandboxCommand,
  demoCommand,
  versionCommand,
  helpCommand,
];
