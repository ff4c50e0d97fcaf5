import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { KanikitError, type KanikitEvent } from '@kanikit/spec';

/**
 * Reads a recorded run, a line at a time. A last line that was cut off (the recorder was killed) ends it silently.
 *
 * @throws KanikitError `events-unreadable`, `events-invalid` with the line's number
 */
export async function* readEvents(path: string, stdin: NodeJS.ReadableStream): AsyncIterable<KanikitEvent> {
  const input = path === '-' ? stdin : createReadStream(path);
  let number = 0;
  let broken: number | undefined;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (line.trim() === '') continue;
      if (broken !== undefined) throw invalid(path, broken, 'it is not JSON');
      const event = parse(line, path, number);
      if (event === undefined) broken = number;
      else yield event;
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
  if (number === 0 || (broken === 1 && number === 1)) throw invalid(path, 1, 'there is no event in it');
}

/** Undefined for a line that is not whole. */
function parse(line: string, path: string, number: number): KanikitEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const event = value as Partial<KanikitEvent> | null;
  if (typeof event !== 'object' || event === null || typeof event.type !== 'string') {
    throw invalid(path, number, 'it is not an event');
  }
  if (event.v !== 1)
    throw invalid(path, number, `version ${String(event.v)} of the event schema is not known`);
  if (
    typeof event.time !== 'string' ||
    Number.isNaN(Date.parse(event.time)) ||
    typeof event.seq !== 'number'
  ) {
    throw invalid(path, number, 'it has no time or no number');
  }
  if (number === 1 && event.type !== 'run-start') throw invalid(path, number, 'a run begins with run-start');
  return event as KanikitEvent;
}

function invalid(path: string, line: number, reason: string): KanikitError {
  return new KanikitError({
    code: 'events-invalid',
    message: `Reading the recorded run ${path}, line ${line}: ${reason}.`,
    hint: 'It takes a file written by --record or --progress json.',
  });
}
