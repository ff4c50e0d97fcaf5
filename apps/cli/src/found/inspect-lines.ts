import type { InspectedBuild } from '@kanikit/sdk';
import { fit, hang, widthOf } from '../displays/tui/fit.ts';
import type { Colors } from '../text/colors.ts';
import { oneLine, printable } from '@kanikit/toolkit/text';
import { shortAge } from './build-table.ts';
import { phaseColor, phaseWords } from './phase-words.ts';

const labelWidth = 12;

export interface InspectLayout {
  readonly now: number;
  readonly colors: Colors;
  /** Columns of the terminal; undefined is one line for each fact. */
  readonly width: number | undefined;
}

/** Everything about a build but the story of its log. */
export function inspectLines(build: InspectedBuild, layout: InspectLayout): readonly string[] {
  const { now, colors, width } = layout;
  const { about, phase, details, keepUntil, cancelled, deadlineAt } = build;
  const line = (label: string, text: string | undefined): readonly string[] =>
    text === undefined || text === ''
      ? []
      : hang(`${colors.faint(label.padEnd(labelWidth))} `, labelWidth + 1, oneLine(text), width);
  const at = (time: number | undefined): string | undefined =>
    time === undefined
      ? undefined
      : `${new Date(time).toISOString()} (${time > now ? `in ${shortAge(time - now)}` : `${shortAge(now - time)} ago`})`;
  const words = phase.state === 'ended' ? phase.result : phase.state === 'pending' ? phase : undefined;
  return [
    `${colors.strong(printable(about?.name ?? build.buildId))}  ${phaseColor(build, colors)(printable(phaseWords(build)))}`,
    ...line('', words?.message),
    ...line('build', build.buildId),
    ...line('run', build.runId),
    ...line('pod', `${build.namespace}/${build.pod}`),
    ...line('job', build.job),
    ...line('node', build.node),
    ...line('destination', about?.destinations.join(', ')),
    ...line('context', about?.context),
    ...line('stored at', about?.contextLocation),
    ...line('executor', [about?.executor, build.image].filter(Boolean).join('  ')),
    ...line('platform', about?.platform),
    ...line('cache', about?.cacheRepository),
    ...line('secrets', build.secrets.join(', ')),
    ...line('client', `${build.ownership}${build.owner === undefined ? '' : `, ${build.owner}`}`),
    ...line('last heard', build.ownership === 'detached' ? undefined : at(build.heardAt)),
    ...line('created', at(build.createdAt)),
    ...line('started', at(build.startedAt)),
    ...line('ended', at(build.endedAt)),
    ...line('deadline', phase.state === 'ended' ? undefined : at(deadlineAt)),
    ...line('kept until', at(keepUntil)),
    ...line('cancelled by', cancelled?.by),
    ...block(
      'conditions',
      details.conditions.map(({ type, status, reason, message }) => [
        type,
        status,
        [reason, message].filter(Boolean).join('  '),
      ]),
      layout,
    ),
    ...block(
      'events',
      details.events.map(({ time, isWarning, reason, message, count }) => [
        time === undefined ? '' : `${shortAge(now - time)} ago`,
        `${isWarning ? 'warning ' : ''}${reason}`,
        `${message}${count > 1 ? ` (${count} times)` : ''}`,
      ]),
      layout,
    ),
  ];
}

/** Rows of cells below a title; all columns but the last are as wide as their widest cell. */
function block(
  title: string,
  rows: readonly (readonly string[])[],
  { colors, width }: InspectLayout,
): readonly string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? [])
    .slice(0, -1)
    .map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  return [
    '',
    colors.faint(title),
    ...cells.flatMap((row) => {
      const head = `  ${widths.map((columns, column) => `${fit(row[column] ?? '', columns)}  `).join('')}`;
      return hang(head, widthOf(head), row.at(-1) ?? '', width);
    }),
  ];
}
