import { oneLine } from '@kanikit/toolkit/text';
import type { Explanation, ExplainedStep, ExplainReport } from './explain-report.ts';

export interface FormatOptions {
  /** Columns of the terminal. @default 80 */
  readonly width?: number | undefined;
  /** @default false */
  readonly color?: boolean | undefined;
  /** True while the build runs: a log without an end is expected then. @default false */
  readonly isRunning?: boolean | undefined;
}

type Paint = (code: keyof typeof codes, text: string) => string;

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
/** Narrower terminals get lines that wrap. */
const leastWidth = 40;
const distributions = {
  google: 'Kaniko',
  osscontainertools: 'Kaniko (osscontainertools)',
  chainguard: 'Kaniko (chainguard)',
} as const;

/** Tells the story of a log for people. Text from the log is made safe to show. */
export function formatExplanation(explanation: Explanation, options: FormatOptions = {}): string {
  const width = Math.max(options.width ?? 80, leastWidth);
  const paint: Paint = (code, text) => (options.color === true ? `\x1b[${codes[code]}m${text}\x1b[0m` : text);
  const { report } = explanation;
  if (report.lines.executor === 0 && report.verdict.outcome === 'unfinished' && options.isRunning !== true)
    return `${foreign(report, width, paint)}\n`;
  const sections = [
    headline(explanation, options.isRunning === true, paint),
    ...report.stages.flatMap((stage) => [
      ...squashedInto(report, stage.index).map((index) =>
        formatSteps(report, index, `into stage ${stage.index}`, width, paint),
      ),
      formatSteps(
        report,
        stage.index,
        `${stage.name === null ? '' : `${paint('cyan', oneLine(stage.name))} `}from ${oneLine(stage.base)}`,
        width,
        paint,
      ),
    ]),
    report.images
      .map(({ reference, digest }) => `${paint('green', 'pushed')} ${oneLine(reference)}\n       ${digest}`)
      .join('\n'),
    explanation.keptTags
      .map(
        ({ reference }) =>
          `${paint('yellow', 'not pushed')} ${oneLine(reference)}: the registry keeps the immutable tag as it is`,
      )
      .join('\n'),
    formatFailure(explanation, width, paint),
    formatLines(report, paint),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** Text that is not a log of Kaniko, or nothing of it. */
function foreign({ lines }: ExplainReport, width: number, paint: Paint): string {
  const what =
    lines.total === 0
      ? 'The log is empty.'
      : `No line of this is known as Kaniko's (${lines.total} ${lines.total === 1 ? 'line' : 'lines'}).`;
  const where =
    'Give the log of the executor itself: kubectl logs POD, or the output of the job that ran it.';
  return `${paint('yellow', what)}\n${wrap(where, width)}`;
}

const unpushedWords = {
  skipped: ': built, not pushed',
  planned: ': only a plan, nothing was built',
} as const;

function headline({ report, unpushed }: Explanation, isRunning: boolean, paint: Paint): string {
  const { executor, verdict, steps } = report;
  const name = executor.distribution === null ? 'Kaniko' : distributions[executor.distribution];
  const version = executor.version === null ? '' : ` ${executor.version}`;
  const code = verdict.exitCode === null ? '' : `, exit code ${verdict.exitCode}`;
  const outcome = {
    succeeded: paint('green', `succeeded${code}`) + (unpushed === undefined ? '' : unpushedWords[unpushed]),
    failed: paint('red', `failed${code}`),
    unfinished: isRunning
      ? paint('cyan', 'running')
      : paint('yellow', `unfinished${code}: the log proves neither success nor failure`),
  }[verdict.outcome];
  const hits = steps.filter(({ cache }) => cache === 'hit').length;
  const summary =
    steps.length === 0 ? 'no steps' : `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`;
  const cached = hits === 0 ? '' : `, ${hits} from the cache`;
  return `${paint('bold', `${name}${version}`)} ${outcome} ${paint('dim', `(${summary}${cached})`)}`;
}

function formatSteps(
  report: ExplainReport,
  stage: number,
  about: string,
  width: number,
  paint: Paint,
): string {
  const steps = report.steps.filter((step) => step.stage === stage);
  return [
    `${paint('bold', `Stage ${stage}`)} ${about}`,
    ...steps.map((step) => formatStep(report, step, width, paint)),
  ].join('\n');
}

/** Stages that no line of the log opens, since the executor runs their steps at the start of this one. */
function squashedInto({ stages, steps }: ExplainReport, stage: number): readonly number[] {
  const known = new Set(stages.map(({ index }) => index));
  const squashed = new Set(steps.filter((step) => !known.has(step.stage)).map((step) => step.stage));
  return [...squashed].filter((index) => {
    const last = steps.findLastIndex((step) => step.stage === index);
    const next = steps.slice(last).find((step) => known.has(step.stage));
    return (next?.stage ?? stages.at(-1)?.index) === stage;
  });
}

function formatStep(report: ExplainReport, step: ExplainedStep, width: number, paint: Paint): string {
  const blamed = report.verdict.failure?.step;
  const isBlamed =
    blamed !== undefined && blamed !== null && step === report.steps.findLast((other) => isAt(other, blamed));
  const isOpen = report.verdict.outcome === 'unfinished' && step === report.steps.at(-1);
  const sign = isBlamed ? paint('red', '✗') : isOpen ? paint('yellow', '…') : paint('green', '✓');
  const output =
    step.outputLines === 0 ? '' : `${step.outputLines} ${step.outputLines === 1 ? 'line' : 'lines'}`;
  const notes = [step.cache === 'hit' ? 'cached' : '', output].filter((note) => note !== '').join(', ');
  const note = notes === '' ? '' : `  ${notes}`;
  return `  ${sign} ${fit(step.instruction, width - 4 - note.length)}${paint('dim', note)}`;
}

function isAt(step: ExplainedStep, place: Pick<ExplainedStep, 'stage' | 'index' | 'instruction'>): boolean {
  return step.stage === place.stage && step.index === place.index && step.instruction === place.instruction;
}

function formatFailure(
  { report, failureLines, isRetryable }: Explanation,
  width: number,
  paint: Paint,
): string {
  const { failure } = report.verdict;
  if (!failure) return '';
  const retry = isRetryable ? ' The same build may succeed when it is tried again.' : '';
  const lines = failureLines.filter((line) => !line.includes(failure.message));
  return [
    `${paint('red', failure.code)}  ${oneLine(failure.message)}`,
    ...lines.map((line) => paint('dim', `  │ ${fit(line, width - 4)}`)),
    wrap(`${failure.hint}${retry}`, width),
  ].join('\n');
}

function formatLines({ lines }: ExplainReport, paint: Paint): string {
  const unknown = lines.unknown === 0 ? '' : `, ${lines.unknown} not recognised`;
  return paint(
    'dim',
    `${lines.total} lines: ${lines.executor} of the executor, ${lines.output} of programs${unknown}`,
  );
}

function fit(text: string, width: number): string {
  const characters = Array.from(oneLine(text));
  return characters.length <= width
    ? characters.join('')
    : `${characters.slice(0, Math.max(width - 1, 8)).join('')}…`;
}

function wrap(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of oneLine(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
