import type { RunState } from '@kanikit/core';
import type { BuildEndEvent } from '@kanikit/spec';
import { printable } from '@kanikit/toolkit/text';
import type { Display } from './display.ts';
import type { LineWriter } from './line-writer.ts';
import { isUnconfirmed, summaryLines } from './summary.ts';
import { noColors } from '../text/colors.ts';

/** `image@digest` on standard output as each build succeeds; only what went wrong on standard error. */
export function createQuietDisplay(writer: LineWriter, errors: LineWriter): Display {
  return {
    show: (event) => {
      if (event.type === 'run-start' && event.isSimulated)
        return errors.write('SIMULATED: nothing is built\n');
      if (event.type !== 'build-end') return undefined;
      return writer.write(resultLines(event));
    },
    tick: () => undefined,
    interrupted: () => undefined,
    close: async (state: RunState) => {
      const isTrouble = (outcome: string | undefined) => outcome !== 'succeeded' && outcome !== 'detached';
      const builds = state.builds.filter(
        (build) => isTrouble(build.outcome) || build.cleanup.problems.length > 0 || isUnconfirmed(build),
      );
      if (builds.length > 0) {
        const lines = summaryLines({ ...state, builds }, noColors).slice(1);
        await errors.write(`${lines.join('\n')}\n`);
      }
      await Promise.all([writer.flush(), errors.flush()]);
    },
  };
}

function resultLines({ outcome, digest, images }: BuildEndEvent): string {
  if (outcome !== 'succeeded' || digest === undefined) return '';
  if (images.length === 0) return `${printable(digest)}\n`;
  return images.map((image) => `${printable(image.reference)}@${printable(image.digest)}\n`).join('');
}
