import type { Command, Flag } from './flag.ts';
import { flagGroups } from './flag-groups.ts';

const width = 80;

/** `kanikit --help`. */
export function overviewHelp(commands: readonly Command[]): string {
  const shown = commands.filter((command) => command.isHidden !== true);
  const indent = Math.max(...shown.map((command) => command.name.length)) + 4;
  const list = shown.map((command) => hang(`  ${command.name}`, indent, command.summary));
  return [
    'Build container images on Kubernetes with Kaniko: no Docker daemon, no kubectl,',
    'nothing to install in the cluster.',
    '',
    'Usage: kanikit COMMAND',
    '',
    ...list,
    '',
    ...wrap('Run "kanikit COMMAND --help" for its flags, "kanikit --version" for the version.', width),
    'Exit codes: 0 done, 1 a build failed, 2 bad usage or configuration, 3 refused by',
    'preflight or cluster, 130 interrupted.',
    '',
  ].join('\n');
}

/** `kanikit COMMAND --help`, at most 80 columns wide. */
export function commandHelp(command: Command): string {
  const { args, passThrough, notes = [], examples = [] } = command;
  const groups = flagGroups(command);
  const usage = [
    'kanikit',
    command.name,
    args?.usage,
    groups.length > 0 ? '[flags]' : '',
    passThrough && '[-- ARGS]',
  ];
  const blocks = [
    wrap(command.summary, width),
    wrap(`Usage: ${usage.filter(Boolean).join(' ')}`, width),
    args === undefined ? [] : wrap(args.doc, width),
    ...notes.map((note) => wrap(note, width)),
    ...groups.map(({ title, flags }) => [`${title}:`, ...flags.map(([name, flag]) => flagHelp(name, flag))]),
    passThrough === undefined ? [] : wrap(`After --: ${passThrough}`, width),
    examples.length === 0 ? [] : ['Examples:', ...examples.map((example) => `  ${example}`)],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** `-f, --file PATH`. */
export function flagTitle(name: string, flag: Flag): string {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  return `${short}--${name}${valueTitle(flag)}`;
}

function valueTitle({ type, value = 'VALUE', whenBare }: Flag): string {
  if (type === 'boolean') return '';
  return whenBare === undefined ? ` ${value}` : `[=${value}]`;
}

/** What the flag does, with its choices and environment variable. */
export function flagDoc(flag: Flag): string {
  const choices = flag.choices === undefined ? '' : ` (${flag.choices.join(', ')})`;
  const env = flag.env === undefined ? '' : ` [${flag.env}]`;
  return `${flag.doc}${choices}${env}`;
}

const flagColumn = 30;

function flagHelp(name: string, flag: Flag): string {
  return hang(`  ${flagTitle(name, flag)}`, flagColumn, flagDoc(flag));
}

/** A title, and its text in a column beside it, or below it where the title is too long. */
function hang(title: string, column: number, text: string): string {
  const lines = wrap(text, width - column);
  const isBeside = title.length < column - 1;
  const [first = '', ...rest] = lines;
  const indented = (isBeside ? rest : lines).map((line) => `${' '.repeat(column)}${line}`);
  return [isBeside ? `${title.padEnd(column)}${first}` : title, ...indented].join('\n');
}

function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
