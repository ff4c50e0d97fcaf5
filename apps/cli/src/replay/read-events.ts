import { createReadStream } from 'node:fs';
import { KanikitError, type KanikitEvent } from '@kanikit/spec';
import { eventProblem } from './event-problem.ts';

/** No event is this long: the largest holds a Dockerfile. */
const longestLine = 64 * 1024 * 1024;

/**
 * Reads a recorded run, a line at a time. A last line that was cut off (the recorder was killed) ends it silently.
 *
 * @throws KanikitError `events-unreadable`, `events-invalid` with the line's number
 */
export async function* readEvents(path: string, stdin: NodeJS.ReadableStream): AsyncIterable<KanikitEvent> {
  const input = path === '-' ? stdin : createReadStream(path);
  let number = 0;
  let count = 0;
  try {
    for await (const { text, isWhole } of linesOf(input)) {
      number += 1;
      if (text.length > longestLine) throw invalid(path, number, 'it is longer than 64 MB');
      if (text.trim() === '') continue;
      const event = parse(text);
      if (event === undefined && !isWhole) break;
      const problem = event === undefined ? 'it is not JSON' : eventProblem(event, count === 0);
      if (problem !== undefined) throw invalid(path, number, problem);
      count += 1;
      yield event as KanikitEvent;
    }
  } catch (error) {
    if (error instanceof KanikitError) throw error;
    throw new KanikitError({
      code: 'events-unreadable',
      message: `Reading the recorded run ${path}: ${(error as Error).message}.`,
      hint: 'Record one with "kanikit build … --record FILE".',
      cause: error,
    });
  }
  if (count === 0) throw invalid(path, Math.max(1, number), 'there is no event in it');
}

interface Line {
  readonly text: string;
  /** False for the rest after the last line feed. */
  readonly isWhole: boolean;
}

/** Lines end with a line feed only: JSON may hold the other line separators of Unicode as they are. */
async function* linesOf(input: NodeJS.ReadableStream): AsyncIterable<Line> {
  input.setEncoding('utf8');
  // Joined at the end of the line: a long one would be copied with every piece of it.
  let pieces: string[] = [];
  let length = 0;
  for await (const chunk of input) {
    const [first = '', ...others] = String(chunk).split('\n');
    pieces.push(first);
    length += first.length;
    if (length > longestLine) break;
    for (const next of others) {
      yield { text: pieces.join(''), isWhole: true };
      pieces = [next];
      length = next.length;
    }
  }
  if (length > 0) yield { text: pieces.join(''), isWhole: false };
}

/** Undefined for text that is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

function invalid(path: string, line: number, reason: string): KanikitError {
  const isNewer = reason.startsWith('version');
  return new KanikitError({
    code: 'events-invalid',
    message: `Reading the recorded run ${path}, line ${line}: ${reason}.`,
    hint: isNewer
      ? 'It was recorded by another release of kanikit; play it with that one, or a newer one.'
      : 'It takes a file written by --record or --progress json.',
  });
}
