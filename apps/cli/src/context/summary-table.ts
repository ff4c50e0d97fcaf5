import type { Colors } from '../text/colors.ts';
import { printable } from '@kanikit/toolkit/text';
import { formatBytes, plural } from '../text/units.ts';
import { cut, cutMiddle, widthOf } from '../displays/tui/fit.ts';
import type { ContextSummary, RuleSummary } from './context-summary.ts';

const width = 80;
const sizeWidth = 8;
/** Rules and secrets that are shown; --ignored and --json have all. */
const mostRows = 12;
/** A share of the context that is worth a word, and bytes below which it is not. */
const notableShare = 0.5;
const notableBytes = 4_000_000;

/** What `kanikit context ls` says, at most 80 columns wide. */
export function summaryTable(context: string, summary: ContextSummary, colors: Colors): readonly string[] {
  const { totals, largestFolders, largestFiles, rules, secrets } = summary;
  const counts = [
    plural(totals.files, 'file'),
    plural(totals.directories, 'directory', 'directories'),
    ...(totals.symlinks > 0 ? [plural(totals.symlinks, 'symbolic link')] : []),
    ...(totals.hardlinks > 0 ? [plural(totals.hardlinks, 'hard link')] : []),
  ];
  return [
    colors.strong(`${cutMiddle(printable(context), width - sizeWidth - 2)}: ${formatBytes(totals.bytes)}`),
    cut(`  ${counts.join(', ')}`, width),
    ...block('largest folders', largestFolders.map(sizeRow), colors),
    ...block('largest files', largestFiles.map(sizeRow), colors),
    ...block(`ignored, ${formatBytes(totals.ignoredBytes)}`, rules.map(ruleRow), colors),
    ...block(
      'look like secrets, and would be sent',
      secrets.map(({ path, kind }) => `  ${cutMiddle(printable(path), width - kind.length - 6)}  (${kind})`),
      colors,
    ).map((line, index) => (index === 1 ? colors.warn(line) : line)),
    ...warnings(summary, colors),
  ];
}

function block(title: string, rows: readonly string[], colors: Colors): readonly string[] {
  if (rows.length === 0) return [];
  const hidden = rows.length - mostRows;
  const more = hidden > 0 ? [colors.faint(`  … ${hidden} more`)] : [];
  return ['', `${title}:`, ...rows.slice(0, mostRows), ...more];
}

function sizeRow({ path, bytes }: { readonly path: string; readonly bytes: number }): string {
  return `  ${formatBytes(bytes).padStart(sizeWidth)}  ${cutMiddle(printable(path), width - sizeWidth - 4)}`;
}

function ruleRow({ file, line, pattern, paths, bytes }: RuleSummary): string {
  const place = `${printable(file)}:${line}`;
  const count = plural(paths, 'path');
  const room = width - sizeWidth - 4 - widthOf(place) - count.length - 6;
  const rule = cutMiddle(printable(pattern), Math.max(8, room));
  return cut(`  ${formatBytes(bytes).padStart(sizeWidth)}  ${place}  ${rule}  (${count})`, width);
}

function warnings({ heavyFolders, totals }: ContextSummary, colors: Colors): readonly string[] {
  const heavy = heavyFolders.filter(
    ({ bytes }) => bytes >= notableBytes && bytes > totals.bytes * notableShare,
  );
  return heavy.flatMap(({ path, bytes }) => [
    '',
    colors.warn(
      `warning: ${path} makes up ${formatBytes(bytes)} of it (${Math.round((bytes / totals.bytes) * 100)} %)`,
    ),
    ` hint: Add the line **/${path} to .dockerignore if the build does not need it.`,
  ]);
}
