import type { Command } from './flag.ts';
import { flagGroups } from './flag-groups.ts';
import { flagDoc, flagTitle } from './help.ts';

/** `docs/cli.md`, from the same table as parsing and help. */
export function cliReference(commands: readonly Command[]): string {
  const shown = commands.filter((command) => command.isHidden !== true);
  const sections = shown.map(section);
  return `# The \`kanikit\` command

Generated from the command table in \`apps/cli/src/command-line/\`; a test keeps it up to date (\`npx vitest run -u --project=unit apps/cli\` writes it anew).

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a build failed, also where the cluster refused its pod |
| 2 | bad usage or configuration |
| 3 | refused by preflight or cluster |
| 130 | interrupted |

Every command takes \`--help\`. Errors go to standard error, results to standard output.

${sections.join('\n')}`;
}

function section(command: Command): string {
  const { args, passThrough, notes = [], examples = [] } = command;
  const usage = ['kanikit', command.name, args?.usage, passThrough && '[-- ARGS]'].filter(Boolean).join(' ');
  const groups = flagGroups(command);
  const tables = groups.flatMap(({ title, flags }) => [
    groups.length === 1 ? '' : `**${title}**`,
    [
      '| flag | meaning |',
      '|---|---|',
      ...flags.map(
        ([name, flag]) => `| \`${flagTitle(name, flag).trim()}\` | ${flagDoc(flag).replaceAll('|', '\\|')} |`,
      ),
    ].join('\n'),
  ]);
  const parts = [
    `## kanikit ${command.name}`,
    command.summary,
    `\`${usage}\``,
    args?.doc ?? '',
    ...notes,
    ...tables,
    passThrough === undefined ? '' : `After \`--\`: ${passThrough}`,
    examples.length === 0 ? '' : `\`\`\`sh\n${examples.join('\n')}\n\`\`\``,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
