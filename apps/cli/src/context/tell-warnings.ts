import type { ContextWarning } from '@kanikit/spec';
import type { Io } from '../io.ts';
import { hintInFlags } from '../text/in-flags.ts';
import { printable } from '@kanikit/toolkit/text';

/** What is worth telling but stops nothing, on standard error. */
export function tellWarnings(warnings: readonly ContextWarning[], io: Io): void {
  for (const { message, hint } of warnings) {
    const advice = hint === undefined ? '' : ` hint: ${printable(hintInFlags(hint))}\n`;
    io.stderr.write(`warning: ${printable(message)}\n${advice}`);
  }
}
