import type { StepRecord } from './step-record.ts';

/** The plain text with which the executor ends. */
export interface FinalError {
  /** `build`, `push`, `check`: what was being done; `usage`: refused before; `logged`: a FATA or PANI line; `panic`: a crash. */
  readonly kind: 'build' | 'push' | 'check' | 'usage' | 'logged' | 'panic';
  text: string;
  /** Lines of the log it takes. */
  lines: number;
  /** The step whose program was running. */
  readonly step: StepRecord | undefined;
}

/** Bodies of registry answers are kept up to this length. */
const maxTextLength = 16_000;

const build = /^error (?:building image|changing to root dir|resolving relative paths to absolute paths): /;
const push = /^error pushing image: /;
const check = /^error checking push permissions(?: -- |: )/;
const container = /^kaniko should only be run inside of a container, run with the --force flag/;
const program =
  /^error building image: .*(?:waiting for process to exit: |starting command: |failed to execute command: )/;
const crash = /^(?:panic: |fatal error: |runtime: out of memory|unexpected fault address |SIG[A-Z]+: )/;
const executorFrame =
  /(?:GoogleContainerTools|osscontainertools|chainguard-dev|chainguard-forks)\/kaniko\/|\/cmd\/executor\//;

/** The kind of a final error, read from its first line. */
export function finalKind(line: string, isBeforeStages: boolean): FinalError['kind'] | undefined {
  if (!/^(?:e|E|k)/.test(line)) return undefined;
  if (build.test(line)) return 'build';
  if (push.test(line)) return 'push';
  if (check.test(line)) return 'check';
  if (container.test(line)) return 'check';
  return isBeforeStages && line.startsWith('Error: ') ? 'usage' : undefined;
}

/**
 * Where the executor's last words start in a line, behind what a program printed without a newline; -1 when they are not in it. While a program
 * runs only one error is possible; later ones are looked for behind other text only.
 */
export function gluedFinalAt(line: string, isRunning: boolean): number {
  const at = line.lastIndexOf(
    isRunning ? 'error building image: ' : 'error pushing image: failed to push to destination ',
  );
  if (at < 0) return -1;
  if (isRunning) return program.test(line.slice(at)) ? at : -1;
  return at > 0 && !line.startsWith('error ') ? at : -1;
}

export function isCrash(line: string): boolean {
  return crash.test(line);
}

/** True for a line of a Go stack trace that names the executor's own code. */
export function isExecutorFrame(line: string): boolean {
  return executorFrame.test(line);
}

export function extend(error: FinalError, line: string): void {
  error.lines += 1;
  if (error.text.length < maxTextLength) error.text += `\n${bounded(line)}`;
}

/** The words that the failure is recognized by: of a longer line the start, which says what was done, and the end, which says why it failed. */
export function bounded(text: string): string {
  if (text.length <= maxTextLength) return text;
  const half = maxTextLength / 2;
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}

/** True while a registry's answer (HTML, XML or JSON over several lines) is not complete. */
export function isBodyOpen(text: string): boolean {
  if (/<(?:!doctype|html|head|body)\b/i.test(text)) return !/<\/html>/i.test(text);
  const braces = text.split('{').length - text.split('}').length;
  return braces > 0;
}
