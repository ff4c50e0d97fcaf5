import type { GeneratedTree } from './generate-tree.ts';
import type { MixResult, PackerResult } from './run-mix.ts';

export interface BenchReport {
  readonly machine: { readonly cores: number; readonly node: string; readonly platform: string };
  readonly tree: Omit<GeneratedTree, 'root'>;
  readonly rounds: number;
  readonly mixes: readonly MixResult[];
}

/** The report as tables for people, in Markdown. */
export function renderReport({ machine, tree, rounds, mixes }: BenchReport): string {
  const count = (value: number): string => value.toLocaleString('en');
  return [
    `${count(tree.files)} files, ${megabytes(tree.sizeBytes)} MB, ${count(tree.directories)} directories; medians of ${rounds} rounds; ${machine.cores} cores, Node ${machine.node}, ${machine.platform}`,
    ...mixes.flatMap((mix) => [
      '',
      `**${mix.mix}** (${count(mix.expectedPaths)} paths)`,
      '',
      ...renderMix(mix),
    ]),
    '',
  ].join('\n');
}

function renderMix({ packers }: MixResult): readonly string[] {
  const ours = packers[0]!.medianSeconds;
  const rows = packers.map((result) => [
    result.packer,
    result.medianSeconds.toFixed(2),
    `${(result.medianSeconds / ours).toFixed(2)}`,
    megabytes(result.bytesOut),
    megabytes(result.peakBytes),
    renderFiles(result),
  ]);
  const header = ['', 'seconds', 'of kanikit', 'MB out', 'peak MB', 'files'];
  const widths = header.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    isNumber(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(header), line(rule), ...rows.map(line)];
}

const isNumber = (column: number): boolean => column > 0 && column < 5;

function renderFiles({ files }: PackerResult): string {
  if (files === undefined) return '';
  const isRight = files.missing === 0 && files.extra === 0;
  return isRight ? 'right' : `WRONG: ${files.missing} missing, ${files.extra} too many`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}
