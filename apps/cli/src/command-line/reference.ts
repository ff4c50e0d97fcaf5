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

Every command takes \`--help\`. Errors go to standard error, results and progress to standard output. Booleans take \`=true\`, \`=false\`, \`=1\`, \`=0\` (\`--push=false\`), and so do their variables.

${environment(shown)}
${sections.join('\n')}`;
}

/** Variables that are no flag's. */
const otherVariables: readonly (readonly [string, string])[] = [
  ['KANIKIT_PROGRESS', 'what `--progress auto` means'],
  ['KANIKIT_EXECUTOR', 'the executor that a sandbox runs: a file of this machine'],
  ['CI', 'set, and not to false: `--progress auto` is plain, also on a terminal'],
  ['NO_COLOR, FORCE_COLOR', 'no colours; colours also where there is no terminal (0 or false: none)'],
  ['LC_ALL, LC_CTYPE, LANG', 'a locale without UTF-8, such as C, gets text in ASCII'],
  ['TERM', '`dumb`: no colours and no dashboard'],
  ['KUBECONFIG', 'kubeconfig files'],
  [
    'DOCKER_CONFIG, REGISTRY_AUTH_FILE, DOCKER_AUTH_CONFIG',
    "registry credentials, as docker's, podman's and GitLab's",
  ],
  ['GIT_TOKEN, GIT_USERNAME, GIT_PASSWORD', 'credentials of private Git contexts'],
];

/** Every variable that kanikit reads, with the flag that wins over it. */
function environment(commands: readonly Command[]): string {
  const flags = new Map(
    commands.flatMap((command) =>
      Object.entries(command.flags).flatMap(([name, { env }]) =>
        env === undefined ? [] : [[env, `\`--${name}\``] as const],
      ),
    ),
  );
  const rows = [...[...flags].toSorted(([left], [right]) => (left < right ? -1 : 1)), ...otherVariables];
  return [
    '| variable | what it sets; a flag of the command line wins, and an empty variable counts as absent |',
    '|---|---|',
    ...rows.map(([name, meaning]) => `| \`${name.replaceAll(', ', '`, `')}\` | ${meaning} |`),
    '',
  ].join('\n');
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
