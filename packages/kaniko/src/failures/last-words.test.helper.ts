import { type Line, line, opening, runEnd, runStart } from '../decoder/render-log.test.helper.ts';

/** How the executor's last words begin, and what stands before them. */
export const build: string = 'error building image: ';
export const stage: string = `${build}error building stage: `;
export const check: string =
  'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "r.test/a:1": ';
export const forkCheck: string =
  'error checking push permissions: checking push permission for "r.test/a:1": ';
export const push: string = 'error pushing image: failed to push to destination r.test/a:1: ';
export const source: string = 'Error: error resolving source context: ';
export const pull: string =
  'unable to complete operation after 0 attempts, last error: GET https://r.test/v2/base/manifests/1: ';

export const ran: Line[] = [...opening(), ...runStart('make'), 'some output', runEnd()];
export const running: Line[] = [...opening(), ...runStart('make'), 'some output'];
export const copying: Line[] = [...opening('alpine', 'COPY a /a'), line('COPY a /a', 1)];
export const pushing: Line[] = [...ran, line('Pushing image to r.test/a:1', 4)];
export const usage: readonly string[] = [
  'Usage:',
  '  executor [flags]',
  '',
  'Flags:',
  '      --cache   Use cache',
  '',
];

/** Last words of the executor, and what they mean. */
export interface FailureCase {
  readonly code: string;
  readonly last: string;
  readonly before?: readonly Line[];
  readonly exitCode?: number;
  readonly step?: string;
}
