import { stripEnds } from '@kanikit/toolkit/text';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import { flagValue, isExecForm } from '../dockerfile/instruction.ts';
import { lintCopyHeredoc } from './heredoc-rules.ts';
import { resolveWord } from '../dockerfile/stage-variables.ts';
import { type Finding, hasOldParser, isForkSince, type LintedInstruction } from './rule.ts';

/** Flags of COPY and ADD that some releases do not know; the release of the fork that reads (and ignores) them, where one does. */
const lateFlags = [
  { name: 'parents', since: '1.26.2' },
  { name: 'exclude', since: '1.25.6' },
  { name: 'unpack', since: '1.24.2' },
] as const;

/** Flags that the parser of old releases does not know. */
const flagsWithNewParser = ['link', 'checksum', 'keep-git-dir'] as const;

/** What goes wrong with a `COPY` or an `ADD`. */
export function lintCopy(instruction: LintedInstruction): Finding[] {
  if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return [];
  return [
    ...lintCopyHeredoc(instruction),
    ...lintFlags(instruction),
    ...lintWildcards(instruction),
    ...lintAddSources(instruction),
  ];
}

/** The executor lists the context with itself as `.`, so a wildcard that fits a single dot takes all of it (measured, 1.9.2 and 1.24.0). */
function lintWildcards({ keyword, flags, heredocs, rest, label }: LintedInstruction): Finding[] {
  if (heredocs.length > 0 || flagValue(flags, 'from') !== undefined) return [];
  return sourcesOf(rest)
    .filter(fitsDot)
    .map((source) => ({
      code: 'copy-wildcard-takes-all',
      message: `${label} takes the context itself for ${source} in ${keyword}, too: its folders are copied whole, besides what docker copies.`,
      hint: 'Name the folders and files, or write . to copy the context as it is.',
      isFatal: false,
    }));
}

/** What is copied: all words but the last, in either form. */
function sourcesOf(rest: string): string[] {
  const words = isExecForm(rest) ? (JSON.parse(rest) as string[]) : rest.split(/\s+/);
  return words.slice(0, -1);
}

function fitsDot(source: string): boolean {
  return /[*?]/.test(source) && ['', '.', '?'].includes(stripEnds(source, '*'));
}

function lintFlags(instruction: LintedInstruction): Finding[] {
  const { keyword, flags, executor, label } = instruction;
  const has = (name: string): boolean => flagValue(flags, name) !== undefined;
  const ignored = (name: string, effect: string): Finding => ({
    code: `${keyword.toLowerCase()}-${name}-ignored`,
    message: `${label} reads ${keyword} --${name} and ignores it: ${effect}.`,
    hint: 'Write the step so that it does not need the flag.',
    isFatal: false,
  });
  const unreadable = (name: string): Finding => ({
    code: 'copy-flag-unreadable',
    message: `${label} does not know ${keyword} --${name}: the build fails.`,
    hint: 'Leave the flag out.',
    isFatal: true,
  });
  return [
    ...lateFlags
      .filter(({ name }) => has(name))
      .filter(({ name, since }) => !isForkSince(executor, since) || flagValue(flags, name) !== 'false')
      .map(({ name, since }) =>
        isForkSince(executor, since) ? ignored(name, 'all files are taken as they are') : unreadable(name),
      ),
    ...(hasOldParser(executor) ? flagsWithNewParser.filter(has).map(unreadable) : []),
    ...(has('checksum') && !hasOldParser(executor)
      ? [ignored('checksum', 'what is downloaded is not verified')]
      : []),
    ...(has('chmod') && ignoresChmod(executor) ? [ignored('chmod', 'the modes stay as they are')] : []),
    ...(ignoresChmod(executor) ? [] : lintChmod(instruction)),
  ];
}

/** Before they took modes in words (`u=rw,go=r`), releases read an octal number only. */
function lintChmod({ keyword, flags, executor, label, state }: LintedInstruction): Finding[] {
  const written = flagValue(flags, 'chmod') ?? '';
  const mode = resolveWord(written, state.variables) ?? '';
  // What is left of a variable is not known here.
  if (mode === '' || mode.includes('$')) return [];
  const takesWords = isForkSince(executor, '1.28.0');
  const isNumber = /^[0-7]+$/.test(mode) && (!takesWords || Number.parseInt(mode, 8) <= 0o7777);
  if (isNumber || (takesWords && isModeInWords(mode))) return [];
  return [
    {
      code: 'copy-chmod-unreadable',
      message: `${label} can't read ${keyword} --chmod=${written}${mode === written ? '' : ` (${mode})`}: the build fails.`,
      hint: takesWords
        ? 'Write an octal number such as 644, or a mode such as u=rw,go=r.'
        : 'Write an octal number such as 644, or choose osscontainertools 1.28.0 or later.',
      isFatal: true,
    },
  ];
}

function isModeInWords(mode: string): boolean {
  return mode.split(',').every((clause) => /^[ugoa]*(?:[-+=][rwxXstugo]*)+$/.test(clause));
}

function ignoresChmod(executor: ExecutorRelease): boolean {
  return executor.distribution === 'google' && compareReleases(executor.version, '1.23.0') < 0;
}

function lintAddSources({ keyword, rest, label }: LintedInstruction): Finding[] {
  if (keyword !== 'ADD') return [];
  return sourcesOf(rest).flatMap((source): Finding[] => {
    if (/^(?:git@|git:\/\/|ssh:\/\/)|^https?:\/\/[^?#]+\.git(?:[#?]|$)/.test(source)) {
      return [
        {
          code: 'add-git-unsupported',
          message: `${label} can't ADD a Git repository: ${source} is not cloned.`,
          hint: 'Clone it in a RUN, or make it the build context.',
          isFatal: false,
        },
      ];
    }
    if (!/^https?:/.test(source) && /\.(?:tar\.(?:xz|zst)|txz|tzst)$/.test(source)) {
      return [
        {
          code: 'add-archive-not-unpacked',
          message: `${label} copies ${source} as it is: ADD unpacks gzip, bzip2 and plain tar only.`,
          hint: 'Recompress it with gzip, or unpack it in a RUN.',
          isFatal: false,
        },
      ];
    }
    return [];
  });
}
