/** Flags of every command that shows a run. */
export const progressFlags = {
  progress: {
    type: 'choice',
    value: 'MODE',
    choices: ['auto', 'tui', 'plain', 'json', 'quiet'],
    otherWords: { tty: 'tui', rawjson: 'json', none: 'quiet', text: 'plain' },
    doc: 'How to show what happens: a dashboard, lines, one JSON event per line, or only the result. auto is tui on a large enough terminal, and plain elsewhere and in CI (CI is set, and not to false); KANIKIT_PROGRESS replaces auto only',
  },
  quiet: { type: 'boolean', short: 'q', doc: 'Same as --progress quiet: print only image@digest' },
} as const;
