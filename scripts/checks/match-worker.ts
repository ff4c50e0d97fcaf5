import { parentPort } from 'node:worker_threads';
import { hostileTexts } from './hostile-texts.ts';

/** What the worker is asked: how an expression does on hostile texts. */
export interface MatchRequest {
  readonly source: string;
  readonly flags: string;
}

/** Quadratic work on a text of this length takes a millisecond at least, exponential work does not end. */
const characters = 6_000;
/** What linear work stays far below. */
const limitMs = 0.75;
/** What no linear work takes on a text of this length. */
const hopelessMs = 100;
/** Four times the text takes a linear expression four times as long, a quadratic one sixteen times. */
const growth = { factor: 4, most: 10 };

parentPort?.on('message', ({ source, flags }: MatchRequest) => {
  const expression = new RegExp(source, flags);
  let culprit: string | undefined;
  // An expression with a bound such as `.{0,5000}` is slow and linear: once that is seen, as much time is no surprise.
  let usualMs = limitMs;
  for (const text of hostileTexts(source, flags)) {
    const write = (characters: number): string =>
      text.before + text.repeated.repeat(Math.ceil(characters / text.repeated.length)) + text.after;
    // The parent ends a worker that is silent for long, and knows from this what it was at.
    parentPort?.postMessage({ at: describe(text) });
    const once = timeOf(expression, write(characters));
    if (once < usualMs) continue;
    const again = Math.min(once, timeOf(expression, write(characters)));
    if (again < usualMs) continue;
    // Work with a bound grows like a square up to the bound, so a longer text has the last word. It also evens out one unlucky measurement.
    const [longer, longest] = [growth.factor, growth.factor ** 2].map((factor) => write(characters * factor));
    const grows = (): boolean => {
      const ofLonger = timeOf(expression, longer ?? '');
      return ofLonger >= growth.most * again && timeOf(expression, longest ?? '') >= growth.most * ofLonger;
    };
    if (again <= hopelessMs && !grows()) {
      usualMs = 2 * again;
      continue;
    }
    culprit = describe(text);
    break;
  }
  parentPort?.postMessage({ done: true, culprit });
});

function describe({ before, repeated, after }: { before: string; repeated: string; after: string }): string {
  return `${JSON.stringify(before)} + ${JSON.stringify(repeated)} again and again + ${JSON.stringify(after)}`;
}

/** Time of this thread on a processor, so that other work on the machine does not count. */
function timeOf(expression: RegExp, text: string): number {
  expression.lastIndex = 0;
  const start = process.threadCpuUsage();
  if (expression.global) text.replaceAll(expression, '');
  else expression.exec(text);
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}
