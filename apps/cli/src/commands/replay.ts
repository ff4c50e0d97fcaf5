import { initialRunState, type RunState } from '@kanikit/core';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { replayCommand } from '../command-line/small-commands.ts';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import { chooseMode } from '../displays/choose-mode.ts';
import { createDisplay } from '../displays/create-display.ts';
import { handleInterrupts } from '../displays/interrupts.ts';
import { showRun } from '../displays/show-run.ts';
import { exitCodes, type Io } from '../io.ts';
import { eventsInFlags } from '../text/in-flags.ts';
import { paced } from '../replay/paced.ts';
import { readEvents } from '../replay/read-events.ts';

/** `kanikit replay`: ends with 0 when all was played, whatever the run's own end. */
export async function runReplayCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(replayCommand, values);
  const [path = '-'] = values.args;
  const isStdinUsed = path === '-';
  const speed = speedOf(flags.speed);
  const mode = chooseMode({ progress: flags.progress, quiet: flags.quiet, isStdinUsed }, io);
  const stop = new AbortController();
  using interrupts = handleInterrupts({
    cancel: () => stop.abort(),
    leave: () => process.exit(exitCodes.interrupted),
    exit: () => process.exit(exitCodes.interrupted),
  });
  const { events, clock } = paced(eventsInFlags(readEvents(path, io.stdin)), speed, stop.signal);
  const display = await createDisplay(mode, io, {
    cancel: () => undefined,
    interrupt: interrupts.press,
    readerGone: interrupts.readerGone,
    clock,
  });
  let state: RunState = initialRunState;
  try {
    await showRun(events, display, (next) => {
      state = next;
    });
  } finally {
    await display.close(state);
  }
  return stop.signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

function speedOf(text: string | undefined): number {
  if (text === undefined) return 1;
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (/^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) && speed >= 0.01 && speed <= 100_000) return speed;
  throw usageError(`--speed takes a number from 0.01 to 100000, or max; got ${quoted(text)}.`);
}
