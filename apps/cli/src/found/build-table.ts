import type { FoundBuild } from '@kanikit/spec';
import { cutMiddle, fit, widthOf } from '../displays/tui/fit.ts';
import type { Colors } from '../text/colors.ts';
import { printable } from '@kanikit/toolkit/text';
import { phaseColor, phaseWords } from './phase-words.ts';

interface Column {
  readonly title: string;
  readonly cell: (build: FoundBuild, now: number) => string;
  readonly paint?: (build: FoundBuild, colors: Colors) => (text: string) => string;
  /** The column is left out where there is no room; the largest number goes first. */
  readonly leaves?: number;
  /** No narrower than this is of use. */
  readonly least: number;
}

const gap = 2;

const columns: readonly Column[] = [
  { title: 'NAMESPACE', cell: ({ namespace }) => namespace, leaves: 2, least: 9 },
  { title: 'BUILD', cell: ({ buildId }) => buildId, least: 24 },
  {
    title: 'PHASE',
    cell: phaseWords,
    paint: phaseColor,
    least: 13,
  },
  { title: 'AGE', cell: ({ createdAt }, now) => shortAge(now - createdAt), least: 4 },
  {
    title: 'CLIENT',
    cell: ({ ownership }) => ownership,
    paint: ({ ownership }, colors) => (ownership === 'abandoned' ? colors.bad : String),
    least: 9,
  },
  { title: 'RUN', cell: ({ runId }) => runId, least: 13 },
  { title: 'OWNER', cell: ({ owner }) => owner ?? '', leaves: 3, least: 10 },
  { title: 'NODE', cell: ({ node }) => node ?? '', leaves: 4, least: 10 },
  { title: 'IMAGE', cell: ({ about, image }) => about?.destinations[0] ?? image, leaves: 5, least: 16 },
];

/** The builds as a table of at most so many columns; the namespace only where there are several. */
export function buildTable(
  builds: readonly FoundBuild[],
  options: { readonly now: number; readonly width: number; readonly colors: Colors },
): readonly string[] {
  const { now, colors } = options;
  const isOneNamespace = new Set(builds.map(({ namespace }) => namespace)).size <= 1;
  const wanted = isOneNamespace ? columns.slice(1) : columns;
  const cells = wanted.map((column) => builds.map((build) => printable(column.cell(build, now))));
  const sized = wanted.map((column, index) => ({
    column,
    cells: cells[index] ?? [],
    width: Math.max(widthOf(column.title), ...(cells[index] ?? []).map(widthOf)),
  }));
  const shown = shrink(sized, options.width);
  const rowOf = (texts: readonly string[]): string => texts.join(' '.repeat(gap)).trimEnd();
  return [
    rowOf(shown.map(({ column, width }) => colors.faint(fit(column.title, width)))),
    ...builds.map((build, row) =>
      rowOf(
        shown.map(({ column, cells: texts, width }) => {
          const text = fit(cutMiddle(texts[row] ?? '', width), width);
          return column.paint === undefined ? text : column.paint(build, colors)(text);
        }),
      ),
    ),
  ];
}

interface Sized {
  readonly column: Column;
  readonly cells: readonly string[];
  readonly width: number;
}

/** Leaves out what may be left out, and then cuts the widest, until all fits. */
function shrink(sized: readonly Sized[], width: number): readonly Sized[] {
  const total = sized.reduce((sum, column) => sum + column.width + gap, -gap);
  if (total <= width) return sized;
  const leaving = sized
    .filter(({ column }) => column.leaves !== undefined)
    .toSorted((left, right) => (right.column.leaves ?? 0) - (left.column.leaves ?? 0))[0];
  if (leaving !== undefined)
    return shrink(
      sized.filter((column) => column !== leaving),
      width,
    );
  const widest = sized
    .filter((column) => column.width > column.column.least)
    .toSorted((left, right) => right.width - left.width)[0];
  if (widest === undefined) return sized;
  const next = Math.max(widest.column.least, widest.width - (total - width));
  return shrink(
    sized.map((column) => (column === widest ? { ...column, width: next } : column)),
    width,
  );
}

/** `42s`, `12m`, `3h`, `5d`. */
export function shortAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
