import { once } from 'node:events';
import { initialRunState } from '@kanikit/core';
import { render } from 'ink';
import type { Io } from '../../io.ts';
import { chooseColors } from '../../text/colors.ts';
import { isUtf8Locale, textFor, toAscii } from '../../text/locale.ts';
import { printable } from '@kanikit/toolkit/text';
import { terminalSize } from '../choose-mode.ts';
import type { Display, DisplayControls } from '../display.ts';
import { summaryLines } from '../summary.ts';
import { createFrameStore, framesPerSecond } from './frame-store.ts';
import { guardTerminal } from './guard-terminal.ts';
import type { CommandId } from './command-id.ts';
import { commandFor } from './keymap.ts';
import { Screen, type ScreenProps } from './screen.tsx';
import { screenFrame } from './screen-rows.ts';
import { chooseTheme } from './theme.ts';
import { initialView, isOver, reduceView, selectedId, settleView } from './view-state.ts';
import { watchTerminal } from './watch-terminal.ts';

/** The dashboard on the alternate screen. Closing it prints the summary on the primary one. */
export function createDashboard(io: Io, controls: DisplayControls): Display {
  const { stdin, stdout, stderr, env } = io;
  const colors = chooseColors(stdout, env);
  const theme = chooseTheme(colors, env);
  let state = initialRunState;
  let view = initialView;
  let logHeight = 0;
  const store = createFrameStore(() => {
    view = settleView(view, state);
    const frame = screenFrame(state, view, terminalSize(stdout), theme, controls.clock());
    logHeight = frame.logHeight;
    // A cut text ends with one character, whatever that is: columns stay where they are.
    return isUtf8Locale(env) === false ? frame.rows.map((row) => toAscii(row, '~')) : frame.rows;
  }, controls.clock);

  const perform = (command: CommandId, suspend: Parameters<ScreenProps['onKey']>[1]) => {
    if (command === 'interrupt') return controls.interrupt();
    if (command === 'suspend') return void suspend(stopProcess);
    if (command === 'quit' && view.interrupts === 0 && isOver(state)) return controls.interrupt();
    const { mode } = view;
    const target = selectedId(view, state);
    view = reduceView(view, command, state, logHeight);
    store.flush();
    if (command !== 'yes') return undefined;
    return mode === 'ask-quit' ? controls.interrupt() : controls.cancel(target);
  };
  const onKey: ScreenProps['onKey'] = (key, suspend) => {
    view = settleView(view, state);
    const command = commandFor(key, view.mode);
    if (command !== undefined) perform(command, suspend);
  };
  const terminal = watchTerminal(io, () => {
    if (view.interrupts === 0) (controls.readerGone ?? controls.interrupt)();
  });
  let stopDrawing = store.stop;
  const guard = guardTerminal(stdout, stdin, () => stopDrawing());
  const screen = render(<Screen store={store} onKey={onKey} />, {
    stdin,
    stdout,
    stderr,
    interactive: true,
    alternateScreen: true,
    exitOnCtrlC: false,
    patchConsole: false,
    incrementalRendering: true,
    maxFps: framesPerSecond,
  });
  stopDrawing = () => {
    store.stop();
    screen.unmount();
  };
  // Before Ink's own listener, which would draw the rows of the former size.
  stdout.prependListener('resize', store.flush);
  let closing: Promise<void> | undefined;
  const close = async (last: typeof state) => {
    terminal.release();
    stdout.off('resize', store.flush);
    stopDrawing();
    // What a run came to is worth more than its picture: an error of drawing is told below the summary, and is no error of the run.
    const problem = await Promise.race([
      screen.waitUntilExit().then(() => undefined, asError),
      terminal.gone,
    ]);
    guard.release();
    const summary = last.run === undefined ? '' : textFor(env)(`${summaryLines(last, colors).join('\n')}\n`);
    const told = problem === undefined ? '' : drawingProblem(problem);
    await Promise.race([writeAll(stdout, summary).then(() => writeAll(stderr, told)), terminal.gone]);
  };
  return {
    show: (_event, next) => {
      state = next;
      store.touch();
    },
    tick: () => undefined,
    interrupted: (level) => {
      view = { ...view, mode: 'browse', interrupts: level };
      store.flush();
    },
    close: (last) => (closing ??= close(last)),
  };
}

/** Stops this process and those of its terminal job, as Ctrl-Z does, until the shell continues them. */
async function stopProcess(): Promise<void> {
  if (process.platform === 'win32') return;
  const continued = once(process, 'SIGCONT');
  process.kill(0, 'SIGTSTP');
  await continued;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function drawingProblem({ stack, message }: Error): string {
  const lines = (stack ?? message).split('\n').map(printable);
  return `The dashboard stopped because of a defect of its own; the builds went on without it.\n${lines.join('\n')}\n`;
}

function writeAll(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
