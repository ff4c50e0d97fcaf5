import { lintRunHeredoc } from './heredoc-rules.ts';
import { lintMounts } from './mount-rules.ts';
import type { Finding, LintedInstruction } from './rule.ts';

/** What goes wrong with a `RUN`. */
export function lintRun(instruction: LintedInstruction): Finding[] {
  if (instruction.keyword !== 'RUN') return [];
  return [...lintRunHeredoc(instruction), ...lintMounts(instruction), ...lintOtherFlags(instruction)];
}

/** They say what happens without them, too. */
const defaultFlags = new Set(['--network=default', '--security=sandbox']);

function lintOtherFlags({ flags, label }: LintedInstruction): Finding[] {
  return flags
    .filter((flag) => !defaultFlags.has(flag))
    .map((flag) => flag.replace(/=[^]*$/, ''))
    .filter((name) => name !== '--mount')
    .map((name) => ({
      code: 'run-flag-ignored',
      message: `${label} ignores ${name}: the command runs without it.`,
      hint: 'No release of Kaniko carries it out: write the step without.',
      isFatal: false,
    }));
}
