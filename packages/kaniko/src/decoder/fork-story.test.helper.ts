import { readFileSync } from 'node:fs';
import type { ExecutorEvent } from '@kanikit/spec';
import { type OutlineOptions, parseDockerfileOutline } from '../dockerfile/parse-outline.ts';
import { createLogDecoder } from './decoder.ts';
import type { ExecutorVerdict } from './verdict.ts';

export interface Story {
  readonly events: readonly ExecutorEvent[];
  readonly verdict: ExecutorVerdict;
}

/** Decodes a log of the fork with its Dockerfile at hand. */
export function decode(text: string, dockerfile: string, exitCode: number, options?: OutlineOptions): Story {
  const decoder = createLogDecoder({ outline: parseDockerfileOutline(dockerfile, options) });
  const events = decoder.push(Buffer.from(text));
  const { events: last, verdict } = decoder.end({ exitCode });
  return { events: [...events, ...last], verdict };
}

/** The text of a recorded log of the fork. */
export function recorded(name: string): string {
  return readFileSync(new URL(`../../fixtures/fork/${name}.log`, import.meta.url), 'utf8');
}

/** Every step that began, with its place in the Dockerfile. */
export function steps(events: readonly ExecutorEvent[]): string[] {
  return events
    .filter((event) => event.type === 'step-start')
    .map(({ stage, step, instruction }) => `${stage}.${step} ${instruction}`);
}

/** Every line that a program printed, with the step that it is given to. */
export function output(events: readonly ExecutorEvent[]): string[] {
  return events
    .filter((event) => event.type === 'output')
    .map(({ stage, step, text }) => `${stage}.${step} ${text}`);
}

export function failedAt(verdict: ExecutorVerdict): string {
  const { stage, index, instruction } = verdict.failure?.step ?? {};
  return `${stage}.${index} ${instruction}`;
}
