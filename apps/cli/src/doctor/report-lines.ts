import type { DoctorReport, Finding } from '@kanikit/sdk';
import { fit, hang } from '../displays/tui/fit.ts';
import type { Colors } from '../text/colors.ts';
import { printable } from '@kanikit/toolkit/text';
import { plural } from '../text/units.ts';

const words: Readonly<Record<Finding['status'], string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'problem',
  unknown: 'unseen',
};

const wordWidth = 9;
const longestTitle = 28;

/** The report for people: a row for each finding, then what to fix, in order. `width`: columns of the terminal; undefined is one line for each finding. */
export function reportLines(
  { canBuild, findings }: DoctorReport,
  colors: Colors,
  width: number | undefined,
): readonly string[] {
  const titleWidth = Math.min(longestTitle, Math.max(...findings.map(({ title }) => clean(title).length)));
  const indent = wordWidth + titleWidth + 2;
  const rows = findings.flatMap(({ status, title, message }) => {
    const word = paintOf(status, colors)(fit(words[status], wordWidth));
    return hang(`${word}${fit(clean(title), titleWidth)}  `, indent, clean(message), width);
  });
  return [...rows, ...fixLines(findings, colors, width), '', verdict(canBuild, findings, colors)];
}

/** What to do, problems before warnings; the same advice once. */
function fixLines(
  findings: readonly Finding[],
  colors: Colors,
  width: number | undefined,
): readonly string[] {
  const open = [...of(findings, 'problem'), ...of(findings, 'warning')].filter(
    ({ hint }) => hint !== undefined,
  );
  const advice = [...Map.groupBy(open, ({ hint }) => hint ?? '')];
  if (advice.length === 0) return [];
  const numberWidth = String(advice.length).length;
  return [
    '',
    colors.strong('To fix, in this order:'),
    ...advice.flatMap(([hint, same], index) => {
      const number = ` ${String(index + 1).padStart(numberWidth)}. `;
      const titles = [...new Set(same.map(({ title }) => clean(title)))].join(', ');
      return hang(number, number.length, `${titles}: ${clean(hint)}`, width);
    }),
  ];
}

function verdict(canBuild: boolean, findings: readonly Finding[], { good, bad }: Colors): string {
  const problems = of(findings, 'problem').length;
  const warnings = of(findings, 'warning').length;
  const extra = warnings > 0 ? `, ${plural(warnings, 'warning')}` : '';
  return canBuild
    ? good(`Builds can run${extra}.`)
    : bad(`Builds can not run: ${plural(problems, 'problem')}${extra}.`);
}

function of(findings: readonly Finding[], status: Finding['status']): readonly Finding[] {
  return findings.filter((finding) => finding.status === status);
}

function paintOf(status: Finding['status'], colors: Colors): (text: string) => string {
  switch (status) {
    case 'ok':
      return colors.good;
    case 'warning':
      return colors.warn;
    case 'problem':
      return colors.bad;
    default:
      return colors.faint;
  }
}

function clean(text: string): string {
  return printable(text.replaceAll(/(?<!\s)\s*\n\s*/g, ' ').trim());
}
