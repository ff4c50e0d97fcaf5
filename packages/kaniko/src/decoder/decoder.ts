import type { DockerfileOutline, ExecutorEvent, LogEvent } from '@kanikit/spec';
import { admit, isForeign } from '../log/admission.ts';
import {
  type CapturedLine,
  type CaptureStyle,
  findCaptureStyle,
  isMachinePrefix,
  looksLikePrefix,
  prefixLike,
  within,
} from '../log/capture-prefix.ts';
import { type Decoding, startDecoding } from '../log/decoding.ts';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { findEscapeSpelling, undoEscapeSpelling } from '../log/escape-spelling.ts';
import { bounded, isBodyOpen } from '../log/final-error.ts';
import { type Header, parseHeader } from '../log/header.ts';
import { isHtmlLine, undoEntities } from '../log/html-entities.ts';
import { createLineSplitter } from '../log/line-splitter.ts';
import type { Message } from '../log/message.ts';
import { onMessage } from '../log/on-message.ts';
import { dismissFinal, onGluedText, onText } from '../log/on-text.ts';
import { readMessage } from '../log/read-message.ts';
import { tellExecutor } from '../log/tell-executor.ts';
import { type ExecutorVerdict, settleLog } from './verdict.ts';

/** What is known of a build before its log begins. All of it is optional: the log alone tells most of the story. */
export interface LogDecoderOptions {
  /** Stages and steps of the Dockerfile, for exact positions and names. */
  readonly outline?: DockerfileOutline | undefined;
  readonly destinations?: readonly string[] | undefined;
  /** Repository of the layer cache, which tells uploads of layers from those of images. */
  readonly cacheRepository?: string | undefined;
  /** The executor that was chosen: it counts where the log does not tell one distribution from another. */
  readonly executor?: ExecutorRelease | undefined;
}

/** Turns the log of an executor into events, chunk by chunk. */
export interface LogDecoder {
  /** The events of the lines that are complete with this chunk; chunks may be cut anywhere. */
  push(bytes: Uint8Array): ExecutorEvent[];
  /** Call once, at the end of the log: the last events, and what became of the build. */
  end(result: { readonly exitCode?: number | undefined }): {
    events: ExecutorEvent[];
    verdict: ExecutorVerdict;
  };
}

/** Creates the decoder of one log, of any executor release from 0.9 on and any of its formats. It does no I/O and never throws on any bytes. */
export function createLogDecoder(options: LogDecoderOptions = {}): LogDecoder {
  const { decoder } = openDecoder(options);
  return decoder;
}

/** The decoder together with its state, which holds more than the events tell. */
export function openDecoder(
  options: LogDecoderOptions,
  ignoresNested = false,
): { decoder: LogDecoder; state: Decoding } {
  const d = startDecoding(options, ignoresNested);
  const splitter = createLineSplitter();
  const partial: { text: string; lines: number; last: Captured | undefined } = {
    text: '',
    lines: 0,
    last: undefined,
  };
  const onRawLine = (raw: string, isLast: boolean): void => {
    d.counts.total += 1;
    const line = withEscapes(d, raw.endsWith('\r') ? raw.slice(0, -1) : raw);
    const captured = capture(d, line);
    if (captured.isPartial && !isLast && partial.text.length < longestCaptured) {
      partial.text += captured.text;
      partial.lines += 1;
      partial.last = captured;
      return;
    }
    tell(captured, captured.text, isLast);
  };
  const tell = (captured: Captured, ending: string, isLast: boolean): void => {
    const text = partial.lines === 0 ? ending : partial.text + ending;
    const pieces = partial.lines;
    partial.text = '';
    partial.lines = 0;
    partial.last = undefined;
    const before = { ...d.counts };
    onLine(d, text, captured, isLast);
    // The pieces of a line that the container runtime cut count as what the whole is.
    if (pieces > 0) {
      const kind = (['executor', 'unknown', 'output'] as const).find((name) => d.counts[name] > before[name]);
      d.counts[kind ?? 'output'] += pieces;
    }
  };
  const decoder: LogDecoder = {
    push(bytes) {
      for (const line of splitter.push(bytes)) onRawLine(line, false);
      return d.events.splice(0);
    },
    end({ exitCode }) {
      const rest = splitter.end();
      if (rest !== undefined) onRawLine(rest, true);
      else if (partial.last !== undefined) tell(partial.last, '', true);
      const verdict = settleLog(d, exitCode, options.destinations ?? []);
      return { events: d.events.splice(0), verdict };
    },
  };
  return { decoder, state: d };
}

interface Captured extends CapturedLine {
  readonly style: CaptureStyle | undefined;
}

function capture(d: Decoding, line: string): Captured {
  const plain = { text: line, stream: undefined, isPartial: false, style: undefined };
  if (d.capture === null) return plain;
  const style = d.capture ?? findCaptureStyle(line);
  const captured = style?.(line);
  return captured ? { ...captured, style } : plain;
}

/** A line is joined from its pieces up to this size: a program may never end its line. */
const longestCaptured = 8 * 1024 * 1024;

/** Lines of the executor that a running program goes on after. */
const interruptions: ReadonlySet<Message['kind']> = new Set([
  'cache-push',
  'push',
  'pushed',
  'credentials',
  'cache-push-failed',
  'retry',
  'skip-push',
  'running',
  'user-lookup',
]);

/** Container runtimes cut lines at 16 KiB; a recording may keep the pieces as lines. A character may take four bytes. */
const pieceLength = 4096;
const maxPieces = 10_000;

function expectPieces(d: Decoding, line: string): void {
  if (line.length < pieceLength) return;
  d.continuation = { linesLeft: maxPieces, isDone: (next) => next.length < line.length };
}

function onLine(d: Decoding, line: string, captured: Captured, isLast: boolean): void {
  const header =
    captured.stream === 'stdout' ? undefined : parseHeader(line, isLast || line.length >= pieceLength);
  if (!header || (!header.isCut && isForeign(d, header))) {
    const isFirst = d.capture === undefined && d.variant === undefined;
    onText(d, isFirst ? learnFromWords(d, captured.style, line) : line);
    return;
  }
  const message = readMessage(header.message, header.level === 'info');
  if (header.isCut) {
    // The log, or a piece of the line, ends in the middle: what it wanted to say is not known.
    if (d.running || header.at > 0) {
      onText(d, line);
      return;
    }
    d.counts.executor += 1;
    expectPieces(d, line);
    return;
  }
  if (d.variant === undefined && message.kind !== 'unknown')
    learnCapture(d, captured.style, line.slice(0, header.at));
  const glued = line.slice(0, header.at);
  const isPrefix = glued !== '' && d.capture?.(glued)?.text === '';
  switch (admit(d, header, message)) {
    case 'program':
      onText(d, line);
      return;
    case 'undecided':
      d.undecided.set(header.variant, (d.undecided.get(header.variant) ?? 0) + 1);
      d.counts.unknown += 1;
      d.events.push(logEvent(d, header, false));
      return;
    case 'executor':
      d.continuation = undefined;
      if (d.final && message.kind !== 'exit') dismissFinal(d);
      if (glued !== '' && !isPrefix) onGluedText(d, glued, interruptions.has(message.kind));
      onHeader(d, header, message, line);
      return;
  }
}

/** The first line of the executor shows whether the recording tool writes anything in front of its lines. */
function learnCapture(d: Decoding, style: CaptureStyle | undefined, glued: string): void {
  if (d.capture !== undefined) return;
  const inner = looksLikePrefix(glued) ? prefixLike(glued) : undefined;
  d.capture = style && inner ? within(style, inner) : (style ?? inner ?? null);
}

/** The executor's plain words also show what the recording tool writes in front of lines; a log of nothing else has no header. */
function learnFromWords(d: Decoding, style: CaptureStyle | undefined, line: string): string {
  const at = line.search(plainWords);
  if (at <= 0 || !isMachinePrefix(line.slice(0, at))) return line;
  const inner = prefixLike(line.slice(0, at));
  d.capture = style ? within(style, inner) : inner;
  return line.slice(at);
}

const plainWords =
  /(?:Error: |error (?:building image|pushing image|checking push permissions|resolving|changing)|kaniko should only be run|Kaniko version : |SAVE CONTEXT|FROM \S)/;

/** The line with the escape bytes that the recording spells out, from the first line of the executor on. */
function withEscapes(d: Decoding, raw: string): string {
  // Once a program has run, it may have printed the page.
  d.isHtml ||= d.running === undefined && d.lastRun === undefined && isHtmlLine(raw);
  const line = d.isHtml ? undoEntities(raw) : raw;
  // In a log file of Docker they are the file's own, and go with it.
  if (line.startsWith('{"log":"')) return line;
  if (d.variant === undefined) d.escapeSpelling ??= findEscapeSpelling(line);
  return d.escapeSpelling === undefined ? line : undoEscapeSpelling(line, d.escapeSpelling);
}

function onHeader(d: Decoding, header: Header, message: Message, line: string): void {
  // Lines that are printed before the log format is set up do not tell it.
  if (d.variant === undefined && message.kind !== 'unknown' && message.kind !== 'other') lock(d, header);
  d.format ??= header.format;
  if (header.level === 'info' || header.level === 'debug' || header.level === 'trace') d.isTalking = true;
  if (header.level === 'debug') d.isDebugging = true;
  d.clockBefore = d.clock;
  if (header.clock !== undefined && header.variant === d.variant) d.clock = Math.max(d.clock, header.clock);
  d.counts[message.kind === 'unknown' ? 'unknown' : 'executor'] += 1;
  const first = d.events.length;
  onMessage(d, message);
  tellExecutor(d, first);
  d.events.push(logEvent(d, header, message.kind !== 'unknown'));
  if (header.level === 'fatal' || header.level === 'panic') {
    const kind = header.level === 'fatal' ? 'logged' : 'panic';
    d.final = { kind, text: bounded(header.message), lines: 0, step: undefined };
  }
  expectRest(d, header, line);
}

function lock(d: Decoding, header: Header): void {
  d.variant = header.variant;
  d.format = header.format;
  d.isPadded = header.format === 'color' && header.isPadded;
  // Lines that another program printed before, in a logger's format of its own.
  for (const [variant, lines] of d.undecided) {
    if (variant === header.variant) continue;
    d.counts.unknown -= lines;
    d.counts.output += lines;
  }
}

/** A debug message with a key of the cache. */
const keyMessage = /^(?:(?:build|optimize): (?:composite|cache) key for command |key missing was: )/i;

/** In the colour format a message of several lines goes on without a header; only its last line has the padding. */
function expectRest(d: Decoding, header: Header, line: string): void {
  if (header.format !== 'color') return;
  const isProgramText = /^(?:args|running): \[/i.test(header.message);
  if (isProgramText && !header.message.endsWith(']')) {
    d.continuation = { linesLeft: 10_000, isDone: (next) => next.trimEnd().endsWith(']') };
    return;
  }
  const isOpen = d.isPadded && !line.endsWith(' ');
  if (isOpen && (header.level === 'debug' || header.level === 'trace')) {
    // Keys of the cache hold the texts of instructions, heredocs included.
    expectPieces(d, line);
    // An empty line of a text that was pasted with an indentation is blank.
    d.continuation ??= { linesLeft: 10_000, isDone: (next) => next.endsWith(' ') && next.trim() !== '' };
    return;
  }
  if (!d.isPadded && keyMessage.test(header.message)) {
    // Without the padding nothing shows the end of the message, but a header always comes next.
    d.continuation = { linesLeft: 10_000, isDone: () => false };
    return;
  }
  const isTalkative = header.level !== 'info' && header.level !== 'debug' && header.level !== 'trace';
  // Fields of a linked library stand behind the padding: the message is complete.
  if (!isTalkative && isOpen) expectPieces(d, line);
  if (!isTalkative || /\s(?:\x1b\[\d+m)?[\w.]+(?:\x1b\[0m)?=\S/.test(header.message)) return;
  if (isOpen) {
    d.continuation = { linesLeft: 200, isDone: (next) => next.endsWith(' ') };
  } else if (isBodyOpen(header.message)) {
    let text = bounded(header.message);
    d.continuation = { linesLeft: 200, isDone: (next) => !isBodyOpen((text = bounded(`${text}\n${next}`))) };
  } else if (/^\w+: .* \(line \d+\)$/.test(header.message)) {
    d.continuation = { linesLeft: 1, isDone: () => true };
  }
}

function logEvent(d: Decoding, header: Header, isRecognized: boolean): LogEvent {
  const stage = d.stage?.isOpen ? d.stage.index : undefined;
  const step = stage === undefined || d.step?.isClosed !== false ? undefined : d.step.index;
  return { type: 'log', level: header.level, message: header.message, isRecognized, stage, step };
}
