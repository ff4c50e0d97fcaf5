import type { ParsedValues } from '../command-line/flag.ts';
import type { Io } from '../io.ts';

/** Runs a parsed command; resolves to the exit code. */
export type RunCommand = (values: ParsedValues, io: Io) => Promise<number>;

/** The code of a command, loaded only when it is the one: start-up time counts. */
export async function loadCommand(name: string): Promise<RunCommand> {
  switch (name) {
    case 'attach':
      return (await import('./attach.ts')).runAttachCommand;
    case 'build':
      return (await import('./build.ts')).runBuildCommand;
    case 'cancel':
      return (await import('./cancel.ts')).runCancelCommand;
    case 'context':
      return (await import('./context.ts')).runContextCommand;
    case 'demo':
      return (await import('./demo.ts')).runDemoCommand;
    case 'doctor':
      return (await import('./doctor.ts')).runDoctorCommand;
    case 'explain':
      return (await import('./explain.ts')).runExplainCommand;
    case 'inspect':
      return (await import('./inspect.ts')).runInspectCommand;
    case 'logs':
      return (await import('./logs.ts')).runLogsCommand;
    case 'prune':
      return (await import('./prune.ts')).runPruneCommand;
    case 'ps':
      return (await import('./ps.ts')).runPsCommand;
    case 'replay':
      return (await import('./replay.ts')).runReplayCommand;
    case 'sandbox':
      return (await import('./sandbox.ts')).runSandboxCommand;
    default:
      return async (_values, io) => {
        io.stdout.write(`${io.version}\n`);
        return 0;
      };
  }
}
