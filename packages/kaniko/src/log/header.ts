import { stripEnd } from '@kanikit/toolkit/text';
import { closingQuote, unquoteGo } from './go-quote.ts';

export type LogFormat = 'text' | 'color' | 'json';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warning' | 'error' | 'fatal' | 'panic';

/** A line, or the end of one, in the format of the executor's logger. */
export interface Header {
  readonly format: LogFormat;
  /** How exactly it is written; all lines of one executor share it. */
  readonly variant: string;
  readonly level: LogLevel;
  readonly message: string;
  /** Seconds since the start of the executor, or since 1970: lines of one executor never go back. */
  readonly clock: number | undefined;
  /** Where the header starts; text before it belongs to a program. */
  readonly at: number;
  /** True when the padding of the colour format is exactly the logger's: the message is complete. */
  readonly isPadded: boolean;
  /** True when the line was cut before its end. */
  readonly isCut: boolean;
}

const colorLevels: Readonly<Record<string, LogLevel>> = {
  TRAC: 'trace',
  DEBU: 'debug',
  INFO: 'info',
  WARN: 'warning',
  ERRO: 'error',
  FATA: 'fatal',
  PANI: 'panic',
};
const levels: ReadonlySet<string> = new Set(Object.values(colorLevels));
/** Since 1.29 of the fork the lines of the levels debug and trace are dim. */
const colorHead =
  /((\x1b?)\[(?:2;)?\d\dm)?(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)(\x1b?\[0?m)?\[(\d{4,9}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))\](?: |$)/g;
/** The logger pads a message to this many characters and adds one blank. */
const paddedLength = 44;

/** Finds the executor's header in a line, wherever it starts. A cut line is taken only where nothing can follow. */
export function parseHeader(line: string, allowCut = false): Header | undefined {
  if (line.includes(' level=')) {
    const header = parseText(line, allowCut);
    if (header) return header;
  }
  if (line.includes('"level":"')) {
    const header = parseJson(line, allowCut);
    if (header) return header;
  }
  return mayBeColor(line) ? parseColor(line) : undefined;
}

/** A cheap look for `[0` … `[9` after a level word, since nearly no line has one. */
function mayBeColor(line: string): boolean {
  for (let at = line.indexOf('[', 4); at >= 0; at = line.indexOf('[', at + 1)) {
    const next = line.charCodeAt(at + 1);
    const previous = line.charCodeAt(at - 1);
    if (next >= 48 && next <= 57 && (previous === 109 || (previous >= 65 && previous <= 85))) return true;
  }
  return false;
}

function parseColor(line: string): Header | undefined {
  colorHead.lastIndex = 0;
  const match = colorHead.exec(line);
  if (!match) return undefined;
  const [whole, color, escape, word = '', reset, time = ''] = match;
  const body = stripReset(line.slice(match.index + whole.length));
  const isSeconds = !time.includes('-');
  const style = color === undefined ? 'plain' : escape === '' ? 'bare' : 'escaped';
  return {
    format: 'color',
    variant: `color ${style}${reset === undefined ? '' : ' reset'} ${isSeconds ? 'seconds' : 'stamped'}`,
    level: colorLevels[word] ?? 'info',
    message: body.trimEnd(),
    clock: isSeconds ? Number(time) : seconds(time),
    at: match.index,
    isPadded: body.endsWith(' ') && characters(body) > paddedLength,
    isCut: false,
  };
}

/** Longest text between `time="` and ` msg=`. A header is looked for in this much of a line, or many beginnings would each be read to its end. */
const headerLength = 80;

function parseText(line: string, allowCut: boolean): Header | undefined {
  for (let at = line.indexOf('time="'); at >= 0; at = line.indexOf('time="', at + 1)) {
    const head = /^time="([^"]{1,50})" level=(\w+)( msg=|$)/.exec(line.slice(at, at + headerLength));
    const [whole = '', time = '', level = '', end] = head ?? [];
    if (!head || !levels.has(level) || seconds(time) === undefined) continue;
    const start = at + whole.length;
    const message = end === '' ? undefined : textMessage(line, start);
    if (message === undefined && !allowCut) continue;
    return {
      format: 'text',
      variant: `text ${zone(time)}`,
      level: level as LogLevel,
      message: message ?? line.slice(start).replace(/^"/, ''),
      clock: seconds(time),
      at,
      isPadded: true,
      isCut: message === undefined,
    };
  }
  return undefined;
}

/** The value of `msg=`, which only fields (`error="…"`) of the same logger may follow. */
function textMessage(line: string, start: number): string | undefined {
  if (line.charCodeAt(start) !== 34) {
    const bare = /^[A-Za-z0-9\-._/@^+]+(?= [\w.]+=|\s*$)/.exec(line.slice(start, start + 4096));
    return bare?.[0];
  }
  const end = closingQuote(line, start);
  if (end < 0) return undefined;
  const rest = line.slice(end + 1).trimEnd();
  if (rest.length > 4096) return undefined;
  if (rest !== '' && !/^(?: [\w.-]+=(?:"(?:[^"\\]|\\.)*"|[^\s"]\S*))+$/.test(rest)) return undefined;
  return unquoteGo(line.slice(start + 1, end));
}

/** Fields that come before the level, of linked libraries, are few. */
const mostFieldsBefore = 4;

/**
 * The executor's record is the last of a line: a quote inside of a message is escaped. So few beginnings are tried, however many a program
 * printed before it.
 */
function parseJson(line: string, allowCut: boolean): Header | undefined {
  const end = line.trimEnd();
  const level = end.lastIndexOf('"level":"');
  if (!end.endsWith('}')) {
    const at = end.startsWith('{', level - 1) ? level - 1 : -1;
    return allowCut && at >= 0 ? cutRecord(end, at) : undefined;
  }
  let at = level;
  for (let tries = 0; tries <= mostFieldsBefore && at > 0; tries += 1) {
    at = end.lastIndexOf('{"', at - 1);
    const header = at >= 0 && /^\{"\w+":/.test(end.slice(at, at + 40)) ? jsonRecord(end, at) : undefined;
    if (header) return header;
  }
  return undefined;
}

function cutRecord(line: string, at: number): Header | undefined {
  const level = /^\{"level":"(\w+)"/.exec(line.slice(at, at + 30))?.[1] ?? 'info';
  if (!levels.has(level)) return undefined;
  const message = line.slice(at).replace(/^\{"level":"\w+","msg":"?/, '');
  return { ...jsonBase, level: level as LogLevel, message, clock: undefined, at, isCut: true };
}

const jsonBase = { format: 'json', variant: 'json', isPadded: true, isCut: false } as const;

function jsonRecord(line: string, at: number): Header | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line.slice(at));
  } catch {
    // Not JSON as a whole: a program's text that looks like it.
    return undefined;
  }
  const { level, msg, time } = value as Record<string, unknown>;
  if (typeof level !== 'string' || typeof msg !== 'string' || typeof time !== 'string') return undefined;
  const keys = Object.keys(value as object);
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  if (!levels.has(level) || !isSorted || seconds(time) === undefined) return undefined;
  // Go escapes these three in every string, and writes no blank between its tokens.
  if (
    /[<>&]/.test(line.slice(at)) ||
    !line.startsWith(`"level":"${level}","msg":`, line.indexOf('"level"', at))
  )
    return undefined;
  return {
    ...jsonBase,
    variant: `json ${zone(time)}`,
    level: level as LogLevel,
    message: msg,
    clock: seconds(time),
    at,
  };
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** Many lines share a second; parsing its text once makes a debug log twice as fast. */
let lastTime: { readonly text: string; readonly seconds: number | undefined } = {
  text: '',
  seconds: undefined,
};

function seconds(time: string): number | undefined {
  if (time === lastTime.text) return lastTime.seconds;
  const milliseconds = rfc3339.test(time) ? Date.parse(time) : Number.NaN;
  lastTime = { text: time, seconds: Number.isNaN(milliseconds) ? undefined : milliseconds / 1000 };
  return lastTime.seconds;
}

/** Summer time may change the offset in the middle of a build; local time against UTC stays what it is. */
function zone(time: string): string {
  const fraction = time.includes('.') ? ' fraction' : '';
  return `${time.endsWith('Z') ? 'utc' : 'local'}${fraction}`;
}

function stripReset(text: string): string {
  let kept = stripEnd(text, '\r');
  for (;;) {
    // The longest of these sequences has five characters; looking no further back keeps the work linear.
    const reset = /\x1b\[0?;?[mK]$/.exec(kept.slice(-5));
    if (!reset) return kept;
    kept = kept.slice(0, -reset[0].length);
  }
}

/** Go counts runes. */
function characters(text: string): number {
  return text.length <= paddedLength ? text.length : Array.from(text.slice(0, 200)).length;
}
