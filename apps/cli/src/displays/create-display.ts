import type { Io } from '../io.ts';
import { chooseColors } from '../text/colors.ts';
import { textFor } from '../text/locale.ts';
import type { ProgressMode } from './choose-mode.ts';
import type { Display, DisplayControls } from './display.ts';
import { createLineWriter } from './line-writer.ts';

/** The display of a mode, its code loaded only now. */
export async function createDisplay(mode: ProgressMode, io: Io, controls: DisplayControls): Promise<Display> {
  if (mode === 'tui') {
    const { createDashboard } = await import('./tui/dashboard.tsx');
    return createDashboard(io, controls);
  }
  const onGone = controls.readerGone ?? controls.interrupt;
  const toText = textFor(io.env);
  const writer = createLineWriter(io.stdout, onGone, mode === 'plain' ? toText : undefined);
  switch (mode) {
    case 'json':
      return (await import('./json.ts')).createJsonDisplay(writer);
    case 'quiet': {
      const errors = createLineWriter(io.stderr, onGone, toText);
      return (await import('./quiet.ts')).createQuietDisplay(writer, errors);
    }
    default: {
      const { createPlainDisplay } = await import('./plain/plain-display.ts');
      return createPlainDisplay({ writer, colors: chooseColors(io.stdout, io.env), clock: controls.clock });
    }
  }
}
