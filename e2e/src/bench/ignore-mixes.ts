/** What an ignore file of the bench leaves out. */
export interface IgnoreMix {
  readonly name: string;
  readonly patterns: readonly string[];
}

/** Nothing, and the 70 % that lie under `node_modules` and `dist`, with one file brought back from there. */
export const ignoreMixes: readonly IgnoreMix[] = [
  { name: 'nothing ignored', patterns: [] },
  {
    name: '70 % ignored',
    patterns: [
      '.git .github .vscode **/.DS_Store **/node_modules **/dist **/coverage **/.cache **/.env* **/*.log **/*.tsbuildinfo',
      '**/__pycache__ **/*.py[co] **/.turbo **/tmp docs/**/*.draft.md Dockerfile* docker-compose*.yml',
      '!packages/app/dist/schema.json',
    ].flatMap((line) => line.split(' ')),
  },
];
