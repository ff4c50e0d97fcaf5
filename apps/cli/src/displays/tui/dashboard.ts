import type { Io } from '../../io.ts';
import type { Display, DisplayControls } from '../display.ts';

export async function createDashboard(_io: Io, _controls: DisplayControls): Promise<Display> {
  throw new Error('later');
}
