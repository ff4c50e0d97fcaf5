import { once } from 'node:events';
import { initialRunState } from '@kanikit/core';
import { render } from 'ink';
import type { Io } from '../../io.ts';
import { chooseColors } from '../../text/colors.ts';
import { terminalSize } from '../choose-mode.ts';
import type { Display, DisplayControls } from '../display.ts';
import { summaryLines } from '../summary.ts';
import { createFrameStore, framesPerSecond } from './frame-store.ts';
import { guardTerminal } from './guard-terminal.ts';
import { type CommandId, commandFor } from './keymap.ts';
import { Screen, type ScreenProps } from './screen.tsx';
import { screenFrame } from './screen-rows.ts';
import { chooseTheme } from './theme.ts';
import { initialView, reduceView, selectedId } from './view-state.ts';

/** The dashboard on the alternate screen. Closing it prints the summary on the primary one. */
export function createDashboard(io: Io, controls: DisplayControls): Display {
  const { stdin, stdout, stderr, env } = io;
  const colors = chooseColors(stdout, env);
  const theme = chooseTheme(colors, env);
  let state = initialRunState;
  let view = initialView;
  let logHeight = 0;
  const store = createFrameStore(() => {
    const frame = screenFrame(state, view, terminalSize(stdout), theme, controls.clock());
    logHeight = frame.logHeight;
    return frame.rows;
  }, controls.clock);

  const perform = (command: CommandId, suspend: Parameters<ScreenProps['onKey']>[1]) => {
    if (command === 'interrupt') return controls.interrupt();
    if (command === 'suspend') return void suspend(stopProcess);
    const { mode } = view;
    const target = selectedId(view, state);
    view = reduceView(view, command, state, logHeight);
    store.flush();
    if (command !== 'yes') return undefined;
    return mode === 'ask-quit' ? controls.interrupt() : controls.cancel(target);
  };
  const onKey: ScreenProps['onKey'] = (key, suspend) => {
    const command = commandFor(key, view.mode);
    if (command !== undefined) perform(command, suspend);
  };
  // A terminal that goes away (its window was closed) asks to stop; without a listener its errors would end the process at once.
  const onGone = () => {
    if (view.interrupts === 0) controls.interrupt();
  };
  for (const stream of [stdin, stdout, stderr]) stream.on('error', onGone);
  const guard = guardTerminal(stdout, stdin);
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
  // Before Ink's own listener, which would draw the rows of the former size.
  stdout.prependListener('resize', store.flush);
  let closing: Promise<void> | undefined;
  const close = async (last: typeof state) => {
    store.stop();
    stdout.off('resize', store.flush);
    screen.unmount();
    // When drawing failed, what the run came to is worth more than the error of a picture.
    await screen.waitUntilExit().catch(() => undefined);
    guard.release();
    if (last.run !== undefined) await writeAll(stdout, `${summaryLines(last, colors).join('\n')}\n`);
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

function writeAll(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
