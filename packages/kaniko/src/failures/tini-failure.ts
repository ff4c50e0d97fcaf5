import type { StepRecord } from '../log/step-record.ts';
import type { FailureEntry } from './failure-entry.ts';
import { stepFailures } from './step-failures.ts';

/** How tini tells that it could not start the command. Source: `spawn_process` in https://github.com/krallin/tini/blob/v0.19.0/src/tini.c */
const notStarted = /^\[FATAL tini \(\d+\)\] exec (\S+) failed: (.+)$/;

/** Why a command was not started that the executor runs through tini, which has the executor see a program that ended. */
export function tiniFailure(step: StepRecord | undefined, tail: readonly string[]): FailureEntry | undefined {
  if (!/^\S*\/tini -s -- /.test(step?.command ?? '')) return undefined;
  const [, program = '', reason = ''] = notStarted.exec(tail.at(-1)?.trim() ?? '') ?? [];
  if (program === '') return undefined;
  if (/^exec format error$/i.test(reason)) return named('run-wrong-architecture');
  const isShell = /^(?:\/\S+\/)?(?:ba|da|a|z)?sh$/.test(program);
  if (isShell && /^no such file or directory$/i.test(reason)) return named('run-shell-missing');
  return named('run-not-startable');
}

function named(code: string): FailureEntry | undefined {
  return stepFailures.find((candidate) => candidate.code === code);
}
