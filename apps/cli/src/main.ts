import { isKanikitError } from '@kanikit/spec';
import { loadCommand } from './commands/load-command.ts';
import { commands } from './command-line/commands.ts';
import { commandHelp, overviewHelp } from './command-line/help.ts';
import { parseCommandLine } from './command-line/parse-command-line.ts';
import { withExecutorHint } from './command-line/unknown-flag.ts';
import { exitCodes, type Io } from './io.ts';
import { hideByForm } from '@kanikit/toolkit/secrets';
import { hintInFlags } from './text/in-flags.ts';
import { textFor } from './text/locale.ts';
import { printable } from '@kanikit/toolkit/text';

/** Runs one command line; resolves to the exit code. Errors of use and of the command are printed, not thrown. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    const parsed = parseCommandLine(args, commands, io.env);
    switch (parsed.kind) {
      case 'version':
        io.stdout.write(`${io.version}\n`);
        return exitCodes.done;
      case 'overview':
        io.stdout.write(textFor(io.env)(overviewHelp(commands)));
        return exitCodes.done;
      case 'help':
        io.stdout.write(textFor(io.env)(commandHelp(parsed.command)));
        return exitCodes.done;
      default: {
        const run = await loadCommand(parsed.command.name);
        return await run(parsed.values, io);
      }
    }
  } catch (error) {
    const told = isKanikitError(error) ? await withExecutorHint(error) : error;
    io.stderr.write(textFor(io.env)(formatError(told)));
    return exitCodeOf(error);
  }
}

/** `error: …`, then the hint. An error that is not one of kanikit's is a defect: its stack is what a report needs. */
export function formatError(error: unknown): string {
  if (isKanikitError(error)) {
    const message = shownLines(error.message).join('\n       ');
    const hint = shownLines(hintInFlags(error.hint ?? '')).filter((line) => line !== '');
    return `error: ${message}\n${hint.map((line) => ` hint: ${line}\n`).join('')}`;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `kanikit stopped because of a defect of its own: ${shownLines(text).join('\n')}\n`;
}

/** Errors quote servers, files and programs: what grants access is hidden by its form, too. */
function shownLines(text: string): readonly string[] {
  return hideByForm(text).split('\n').map(printable);
}

/** What the user wrote or configured, as opposed to what a cluster or registry refused. */
const usageCodes = new RegExp(
  `^(?:usage$|run-empty$|request-|build-name-|build-unknown$|build-ambiguous$|destination-|image-reference-|platform-|cache-repository-|flag-|docker-config-|${[
    'executor-(?:distribution|version|image|argument)-',
    'kubeconfig-',
    'bucket-options-',
    'context-(?:missing|unknown|scheme|archive|option)',
    'dockerfile-',
    'ignore-file-',
    'stdin-',
    'events-',
  ].join('|')})`,
);

/** 2 for what the user can correct in command line and configuration, 3 for what cluster, bucket or registry refused. */
export function exitCodeOf(error: unknown): number {
  if (!isKanikitError(error)) return exitCodes.buildFailed;
  return usageCodes.test(error.code) ? exitCodes.usage : exitCodes.refused;
}
