import { isExecForm } from '../instruction.ts';
import { type Finding, hasOldParser, isForkSince, type LintedInstruction } from './rule.ts';

/** First release of the fork that carries out a mount of this type. */
const mountSince: Readonly<Record<string, string>> = { cache: '1.25.6', secret: '1.26.3', bind: '1.27.3' };

/** What goes wrong with a `RUN`. */
export function lintRun(instruction: LintedInstruction): Finding[] {
  if (instruction.keyword !== 'RUN') return [];
  return [...lintHeredoc(instruction), ...lintMounts(instruction), ...lintOtherFlags(instruction)];
}

function lintHeredoc({ heredocs, rest, executor, label }: LintedInstruction): Finding[] {
  if (heredocs.length === 0 || isExecForm(rest) || isForkSince(executor, '1.25.4')) return [];
  if (hasOldParser(executor)) {
    return [
      {
        code: 'heredoc-unreadable',
        message: `${label} does not know heredocs and takes the lines of this one for instructions: the build fails.`,
        hint: 'Write the commands as RUN a && b, or choose osscontainertools 1.25.4 or later.',
        isFatal: true,
      },
    ];
  }
  return [
    {
      code: 'run-heredoc-ignored',
      message: `${label} runs nothing for a RUN heredoc and reports success.`,
      hint: 'Write the commands as RUN a && b, or choose osscontainertools 1.25.4 or later.',
      isFatal: false,
    },
  ];
}

function lintMounts({ flags, executor, label }: LintedInstruction): Finding[] {
  return flags
    .filter((flag) => flag.startsWith('--mount='))
    .flatMap((flag) => {
      const options = flag.slice('--mount='.length).split(',');
      const option = (name: string): string | undefined =>
        options.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
      const type = option('type') ?? 'bind';
      const since = mountSince[type];
      const isFromElsewhere = type === 'bind' && option('from') !== undefined;
      if (since !== undefined && isForkSince(executor, since) && !isFromElsewhere) return [];
      const what = isFromElsewhere ? 'bind mounts from a stage or an image' : `--mount=type=${type}`;
      return [
        {
          code: 'run-mount-ignored',
          message: `${label} ignores ${what}: the command runs without it.`,
          hint: mountHint(type, isFromElsewhere ? undefined : since),
          isFatal: false,
        },
      ];
    });
}

function mountHint(type: string, since: string | undefined): string {
  if (since !== undefined) return `osscontainertools ${since} and later mount it.`;
  if (type === 'bind') return 'COPY --from the files before the RUN.';
  return 'No release mounts it: write the step without.';
}

function lintOtherFlags({ flags, label }: LintedInstruction): Finding[] {
  return flags
    .map((flag) => flag.replace(/=[^]*$/, ''))
    .filter((name) => name !== '--mount')
    .map((name) => ({
      code: 'run-flag-ignored',
      message: `${label} ignores ${name}: the command runs without it.`,
      hint: 'No release of Kaniko carries it out: write the step without.',
      isFatal: false,
    }));
}
