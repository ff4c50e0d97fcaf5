import { isFeatureOn } from '../features/has-feature.ts';
import { isWholeHeredoc } from '../dockerfile/heredocs.ts';
import { isExecForm } from '../dockerfile/instruction.ts';
import { featureHint } from './feature-hint.ts';
import { type Finding, hasOldParser, isForkSince, type LintedInstruction } from './rule.ts';

/** First release of the fork that carries out heredocs. */
const heredocsSince = '1.25.4';

const expandFeature = 'FF_KANIKO_EXPAND_HEREDOC';

/** What goes wrong with the heredocs of a `RUN`. */
export function lintRunHeredoc(instruction: LintedInstruction): Finding[] {
  const { heredocs, rest, executor, label } = instruction;
  if (heredocs.length === 0 || isExecForm(rest)) return [];
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
  if (isForkSince(executor, heredocsSince)) return isWholeHeredoc(rest) ? lintScript(instruction) : [];
  const effect = isWholeHeredoc(rest)
    ? 'runs nothing for a RUN heredoc and reports success'
    : 'gives the command of this RUN an empty heredoc';
  return [
    {
      code: 'run-heredoc-ignored',
      message: `${label} ${effect}.`,
      hint: 'Write the commands as RUN a && b, or choose osscontainertools 1.25.4 or later.',
      isFatal: false,
    },
  ];
}

/** A heredoc that is the whole command: the fork adds ` sh` to it, and only to `<<NAME` as it stands; the shell then expands the lines before that `sh` reads them. */
function lintScript({
  heredocs: [heredoc],
  heredocTexts: [text = ''],
  ...instruction
}: LintedInstruction): Finding[] {
  const { rest, label, state } = instruction;
  if (heredoc === undefined) return [];
  const finding = (code: string, message: string, program: string): Finding => ({
    code,
    message: `${label} ${message}`,
    hint: `Name the program, and quote the name of the heredoc: RUN ${program} <<${heredoc.isChomped ? '-' : ''}"${heredoc.name}".`,
    isFatal: false,
  });
  const interpreter = /^#![ \t]*([^\n]+)/.exec(text)?.[1]?.trim();
  const shell = state.shell?.filter((word) => word !== '-c').join(' ');
  if (rest !== `<<${heredoc.name}`) {
    const program = interpreter ?? shell ?? 'sh';
    return [finding('run-heredoc-ignored', `runs nothing for RUN ${rest} and reports success.`, program)];
  }
  if (interpreter !== undefined && !isPlainShell(interpreter)) {
    const message = `runs the lines of this RUN heredoc with sh and not with ${interpreter}.`;
    return [finding('run-heredoc-interpreter-ignored', message, interpreter)];
  }
  if (interpreter === undefined && shell !== undefined && !isPlainShell(shell)) {
    const message = `runs the lines of this RUN heredoc with sh and not with the SHELL of the stage (${shell}).`;
    return [finding('run-heredoc-interpreter-ignored', message, shell)];
  }
  const early = expandedEarly(text);
  if (early === undefined) return [];
  const message = `expands ${early} in this RUN heredoc before its first line runs: it has the value from outside of the script.`;
  return [finding('run-heredoc-expanded', message, 'sh')];
}

function isPlainShell(program: string): boolean {
  return /^(?:\S*\/)?(?:env\s+)?(?:sh|dash|ash)$/.test(program);
}

/** What means another thing when an outer shell expands the script first: variables that the script sets, `$?` and the like, substitutions, escapes. */
function expandedEarly(script: string): string | undefined {
  const early = /\\[$`\\]|\$\(|`|\$[?!$#@*0-9]|\$\{[?!$#@*0-9]/.exec(script)?.[0];
  if (early !== undefined) return early.startsWith('\\') ? 'the escape ' + early : early;
  const assigned = new Set(
    [
      ...script.matchAll(
        /(?:^|[\s;&|(])(?:([A-Za-z_]\w*)\+?=|(?:for|read|getopts)\s+(?:-\w+\s+)*([A-Za-z_]\w*))/g,
      ),
    ].map(([, set, bound]) => set ?? bound),
  );
  const used = [...script.matchAll(/\$\{?([A-Za-z_]\w*)/g)].find(([, name]) => assigned.has(name));
  return used === undefined ? undefined : `$${used[1]}`;
}

/** What goes wrong with the heredocs of a `COPY` or an `ADD`. */
export function lintCopyHeredoc(instruction: LintedInstruction): Finding[] {
  const { keyword, heredocs, heredocTexts, executor, label, features } = instruction;
  if (heredocs.length === 0) return [];
  if (!isForkSince(executor, heredocsSince)) {
    return [
      {
        code: hasOldParser(executor) ? 'heredoc-unreadable' : 'copy-heredoc-fails',
        message: `${label} can't read a heredoc in ${keyword}: the build fails.`,
        hint: 'Put the text into a file of the context, or choose osscontainertools 1.25.4 or later.',
        isFatal: true,
      },
    ];
  }
  const isExpanded = isFeatureOn(executor, expandFeature, features);
  const asWritten = heredocs.find(
    ({ isQuoted }, index) => !isQuoted && /\$[A-Za-z_{]|\\/.test(heredocTexts[index] ?? ''),
  );
  if (asWritten === undefined || isExpanded) return [];
  return [
    {
      code: 'copy-heredoc-not-expanded',
      message: `${label} writes the lines of this heredoc as they are: variables in ${keyword} <<${asWritten.name} get no values.`,
      hint: featureHint(
        instruction,
        expandFeature,
        `quote the name (<<"${asWritten.name}") where the text is meant as it is.`,
      ),
      isFatal: false,
    },
  ];
}
