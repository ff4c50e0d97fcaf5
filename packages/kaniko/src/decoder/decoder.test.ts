import { readdirSync, readFileSync } from 'node:fs';
import type { ExecutorEvent } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { parseDockerfileOutline } from '../dockerfile/parse-outline.ts';
import { explainLog } from '../explain/explain-log.ts';
import { createLogDecoder, type LogDecoderOptions } from './decoder.ts';
import { parseHeader } from '../log/header.ts';
import { formats, line, opening, pushed, render, runEnd, runStart } from './render-log.test.helper.ts';

const folder = new URL('../../fixtures/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
const read = (name: string): Buffer => readFileSync(new URL(name, folder));

function decode(chunks: readonly Uint8Array[], options: LogDecoderOptions = {}): ExecutorEvent[] {
  const decoder = createLogDecoder(options);
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end({}).events];
}

/** Random numbers that are the same every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function cut(bytes: Uint8Array, pieces: number, next: (below: number) => number): Uint8Array[] {
  const cuts = Array.from({ length: pieces }, () => next(bytes.length + 1)).toSorted((a, b) => a - b);
  return [0, ...cuts].map((start, index) => bytes.subarray(start, cuts[index] ?? bytes.length));
}

describe('chunks may be cut anywhere', () => {
  // Escape sequences, CRLF, progress and characters of several bytes, where a cut hurts most.
  const awkward = Buffer.from(
    render('color', [
      ...opening('alpine', 'RUN écho “ü”'),
      ...runStart('écho “ü”'),
      '10%\r20%\r30% ✓\r',
      'naïve 🚀 text',
      'progress\r\\',
      runEnd(),
      ...pushed(),
    ]).replaceAll('\n', '\r\n'),
  );

  test('at every byte', () => {
    const whole = decode([awkward]);
    for (let at = 0; at <= awkward.length; at += 1)
      expect(decode([awkward.subarray(0, at), awkward.subarray(at)])).toEqual(whole);
    expect(decode(Array.from(awkward, (_byte, at) => awkward.subarray(at, at + 1)))).toEqual(whole);
    expect(whole.filter(({ type }) => type === 'output')).toMatchObject([
      { text: '30% ✓' },
      { text: 'naïve 🚀 text' },
      { text: 'progress' },
    ]);
  });

  test.each(names)('%s', (name) => {
    const bytes = read(name);
    const whole = decode([bytes]);
    const next = random(bytes.length);
    for (let round = 0; round < 60; round += 1) expect(decode(cut(bytes, 1 + next(40), next))).toEqual(whole);
  });

  test('and are not needed afterwards', () => {
    const decoder = createLogDecoder();
    const chunk = Buffer.from('hel');
    decoder.push(chunk);
    chunk.fill(0);
    expect(decoder.push(Buffer.from('lo\n'))).toMatchObject([{ type: 'output', text: 'hello' }]);
  });
});

test('lines of a megabyte arrive whole', () => {
  const long = 'é'.repeat(1_000_000);
  const bytes = Buffer.from(`${long}\nshort\n`);
  const chunks = Array.from({ length: 40 }, (_item, at) => bytes.subarray(at * 65_537, (at + 1) * 65_537));
  const texts = decode(chunks).map((event) => (event.type === 'output' ? event.text : ''));
  expect(texts.map((text) => text.length)).toEqual([1_000_000, 5]);
  expect(texts[0] === long).toBe(true);
});

test('progress that never ends its line does not pile up', () => {
  const decoder = createLogDecoder();
  const chunk = Buffer.from(Array.from({ length: 1000 }, (_item, at) => `step ${at}\r`).join(''));
  for (let round = 0; round < 1000; round += 1) decoder.push(chunk);
  expect(decoder.push(Buffer.from('done\n'))).toMatchObject([{ type: 'output', text: 'done' }]);
});

describe.each(names)('the events of %s', (name) => {
  const events = decode([read(name)]);

  test('open and close stages, steps and phases in order', () => {
    const open: string[] = [];
    for (const event of events) {
      const match = /^(stage|step|phase)-(start|end)$/.exec(event.type);
      if (!match) continue;
      if (match[2] === 'start') {
        expect(open).not.toContain(match[1]);
        open.push(match[1]!);
      } else {
        expect(open.at(-1)).toBe(match[1]);
        open.pop();
      }
    }
    expect(open).toEqual([]);
  });

  test('close every upload of a layer that the log closes, and every push', () => {
    const ids = (type: string) =>
      events.flatMap((event) => (event.type === type && 'layer' in event ? [event.layer] : []));
    expect(ids('layer-end').every((layer) => ids('layer-start').includes(layer))).toBe(true);
    expect(events.filter(({ type }) => type === 'push-end').length).toBe(
      explainLog(read(name)).images.length,
    );
  });
});

test('the story of a build, event by event', () => {
  const log = render('json', [
    ...opening('alpine', 'RUN make'),
    ...runStart('make'),
    'made',
    runEnd(),
    ...pushed(),
  ]);
  const outline = parseDockerfileOutline('FROM alpine AS base\nRUN make\n');
  const events = decode([Buffer.from(log)], { outline }).filter(({ type }) => type !== 'log');
  expect(events).toEqual([
    { type: 'executor-detect', distribution: undefined, version: undefined, logFormat: 'json' },
    { type: 'phase-start', phase: 'resolve', detail: 'alpine', stage: undefined, step: undefined },
    { type: 'phase-end', phase: 'resolve', stage: undefined, step: undefined },
    { type: 'phase-start', phase: 'resolve', detail: 'alpine', stage: undefined, step: undefined },
    { type: 'phase-end', phase: 'resolve', stage: undefined, step: undefined },
    { type: 'stage-start', stage: 0, name: 'base', base: 'alpine' },
    { type: 'phase-start', phase: 'unpack', detail: 'RUN make', stage: 0, step: undefined },
    { type: 'phase-end', phase: 'unpack', stage: 0, step: undefined },
    { type: 'step-start', stage: 0, step: 0, instruction: 'RUN make' },
    { type: 'phase-start', phase: 'snapshot', detail: 'base', stage: 0, step: 0 },
    { type: 'phase-end', phase: 'snapshot', stage: 0, step: 0 },
    { type: 'phase-start', phase: 'run', detail: 'RUN make', stage: 0, step: 0 },
    { type: 'output', text: 'made', stage: 0, step: 0 },
    { type: 'phase-end', phase: 'run', stage: 0, step: 0 },
    { type: 'phase-start', phase: 'snapshot', detail: undefined, stage: 0, step: 0 },
    { type: 'phase-end', phase: 'snapshot', stage: 0, step: 0 },
    { type: 'step-end', stage: 0, step: 0, outcome: 'done' },
    { type: 'stage-end', stage: 0 },
    {
      type: 'phase-start',
      phase: 'push',
      detail: 'registry.test/team/app:1',
      stage: undefined,
      step: undefined,
    },
    { type: 'push-start', reference: 'registry.test/team/app:1' },
    {
      type: 'push-end',
      reference: 'registry.test/team/app:1',
      digest: expect.any(String),
      isImmutableIgnored: false,
    },
    { type: 'phase-end', phase: 'push', stage: undefined, step: undefined },
    { type: 'executor-detect', distribution: 'google', version: undefined, logFormat: 'json' },
  ]);
});

test('all formats of one build tell one story', () => {
  for (const name of names) {
    const records = read(name).toString().split('\n').slice(0, -1);
    const headers = records.map((record) => ({ record, header: parseHeader(record) }));
    if (headers.some(({ record, header }) => header && record.slice(0, header.at).includes('\r'))) continue;
    const start = headers.find(({ header }) => header)?.header?.clock ?? 0;
    const lines = headers.map(({ record, header }) => {
      if (!header) return record;
      const glued = record.slice(0, header.at);
      const level = header.level as 'info';
      return { glued, entry: { message: header.message, at: (header.clock ?? 0) - start, level } };
    });
    const reports = formats.map((format) => {
      const text = lines
        .map((entry) =>
          typeof entry === 'string' ? `${entry}\n` : entry.glued + render(format, [entry.entry]),
        )
        .join('');
      const { executor, ...report } = explainLog(text);
      return { ...report, distribution: executor.distribution };
    });
    const { executor, ...original } = explainLog(read(name));
    for (const [at, report] of reports.entries()) {
      // In colour a message of several lines takes several lines.
      const more = formats[at]!.startsWith('color') ? brokenLines(lines) : 0;
      const { total, executor: own } = original.lines;
      const counts = { ...original.lines, total: total + more, executor: own + more };
      expect(report).toEqual({ ...original, lines: counts, distribution: executor.distribution });
    }
  }
});

function brokenLines(lines: readonly (string | { readonly entry: { readonly message: string } })[]): number {
  const breaks = lines.map((entry) =>
    typeof entry === 'string' ? 0 : entry.entry.message.split('\n').length - 1,
  );
  return breaks.reduce((sum, count) => sum + count, 0);
}

test('several destinations in one repository are told apart by their order', () => {
  const destinations = ['r.test/a:1', 'r.test/a:2', 'alpine:mine'];
  const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
  const log = render('text', [
    ...opening(),
    line('Pushing image to r.test/a:1'),
    line(`Pushed r.test/a@${digestOf('1')}`),
    line('Pushing image to r.test/a:2'),
    line(`Pushed r.test/a@${digestOf('2')}`),
  ]);
  const part = createLogDecoder({ destinations });
  part.push(Buffer.from(log));
  expect(part.end({}).verdict.outcome).toBe('unfinished');
  const whole = createLogDecoder({ destinations });
  whole.push(
    Buffer.from(
      log +
        render('text', [
          line('Pushing image to alpine:mine'),
          line(`Pushed index.docker.io/library/alpine@${digestOf('3')}`),
        ]),
    ),
  );
  expect(whole.end({}).verdict).toEqual({
    outcome: 'succeeded',
    exitCode: 0,
    failure: undefined,
    images: destinations.map((reference, at) => ({ reference, digest: digestOf(String(at + 1)) })),
    keptTags: [],
    unpushed: undefined,
  });
});

test('a line that its recording never ends is told in parts', () => {
  const piece = `${JSON.stringify({ log: 'x'.repeat(16_384), stream: 'stdout' })}\n`;
  const events = decode(Array.from({ length: 2_000 }, () => Buffer.from(piece)));
  const lengths = events.flatMap((event) => (event.type === 'output' ? [event.text.length] : []));
  expect(lengths).toHaveLength(4);
});
