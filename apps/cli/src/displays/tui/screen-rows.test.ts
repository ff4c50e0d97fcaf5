import { readFileSync } from 'node:fs';
import { initialRunState, reduceRun, type RunState } from '@kanikit/core';
import type { BuildEvent, KanikitEvent, RunStartEvent } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { widthOf } from './fit.ts';
import { screenFrame } from './screen-rows.ts';
import { colorTheme, plainTheme } from './theme.ts';
import { initialView, reduceView, selectedId, settleView, type ViewState } from './view-state.ts';

const time = '2026-01-01T00:00:00.000Z';
const nowMs = Date.parse(time) + 62_000;

function stateOf(
  names: readonly string[],
  events: readonly (BuildEvent & { readonly of?: number })[] = [],
  isSimulated = false,
): RunState {
  const start: RunStartEvent = {
    type: 'run-start',
    run: 'r1',
    cluster: { kind: 'kubeconfig', name: 'prod', namespace: 'builds' },
    isSimulated,
    builds: names.map((name, index) => ({
      id: `b${index}`,
      name,
      context: '.',
      destinations: [],
      platform: undefined,
    })),
  };
  const all = [start, ...events].map((event, index) => {
    const build = event.type === 'run-start' ? undefined : `b${event.of ?? 0}`;
    return { v: 1, seq: index + 1, time, build, ...event } as KanikitEvent;
  });
  return all.reduce(reduceRun, initialRunState);
}

function recorded(until: number): RunState {
  const text = readFileSync(new URL('../../../fixtures/samples.ndjson', import.meta.url), 'utf8');
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as KanikitEvent);
  return events.slice(0, until).reduce(reduceRun, initialRunState);
}

function rows(
  state: RunState,
  columns: number,
  height: number,
  view: ViewState = initialView,
): readonly string[] {
  return screenFrame(state, view, { columns, rows: height }, plainTheme, state.lastEventAtMs ?? nowMs).rows;
}

const hostile = 'x\u001b[2J\u202e\u0007漢字'.repeat(20);
const wide = stateOf(
  ['漢字漢字漢字漢字漢字漢字漢字漢字', 'plain', hostile],
  [
    { type: 'build-phase', phase: 'executor' },
    { type: 'step-start', stage: 0, step: 0, instruction: `RUN echo ${hostile}` },
    { type: 'output', text: hostile },
    { type: 'output', text: 'a\tb' },
  ],
);

describe('screen', () => {
  test.each([40, 80, 120, 200])('no row is wider than %i columns, none breaks out', (columns) => {
    for (const state of [wide, recorded(250), recorded(573), stateOf([])]) {
      for (const height of [5, 12, 24, 50]) {
        for (const mode of ['browse', 'help', 'ask-cancel', 'ask-quit'] as const) {
          const shown = rows(state, columns, height, { ...initialView, mode });
          expect(shown.length).toBeLessThanOrEqual(height - 1);
          for (const row of shown) {
            expect(widthOf(row)).toBeLessThanOrEqual(columns);
            expect(row).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
          }
        }
      }
    }
  });

  test('a recorded run at 80 by 16', async () => {
    await expect(`${rows(recorded(330), 80, 16).join('\n')}\n`).toMatchFileSnapshot(
      '../../../fixtures/screens/running-80x16.txt',
    );
    await expect(`${rows(recorded(573), 80, 16).join('\n')}\n`).toMatchFileSnapshot(
      '../../../fixtures/screens/ended-80x16.txt',
    );
  });

  test('a recorded run at 120 by 24', async () => {
    await expect(`${rows(recorded(330), 120, 24).join('\n')}\n`).toMatchFileSnapshot(
      '../../../fixtures/screens/running-120x24.txt',
    );
  });

  test('says SIMULATED at any width', () => {
    for (const columns of [20, 40, 80])
      expect(rows(stateOf(['a'], [], true), columns, 12)[0]).toContain('SIMULATED');
    expect(rows(stateOf(['a']), 80, 12)[0]).not.toContain('SIMULATED');
  });

  test('colours change no width and no word', () => {
    const viewport = { columns: 80, rows: 24 };
    const plain = screenFrame(
      recorded(300),
      initialView,
      viewport,
      { ...colorTheme, colors: plainTheme.colors },
      nowMs,
    );
    const colored = screenFrame(recorded(300), initialView, viewport, colorTheme, nowMs);
    expect(colored.rows.map((row) => row.replace(/\u001b\[\d+m/g, ''))).toEqual(plain.rows);
  });

  test('200 builds: only what is visible is drawn, the rest is counted, the selected one is there', () => {
    const state = stateOf(Array.from({ length: 200 }, (_, index) => `build-${index}`));
    const view = { ...initialView, selected: 'b100' };
    const shown = rows(state, 80, 24, view);
    expect(shown).toHaveLength(23);
    expect(shown.filter((row) => row.startsWith('>'))).toEqual([expect.stringContaining('build-100')]);
    expect(shown.filter((row) => /… \d+ more (?:above|below)/.test(row))).toHaveLength(2);
    const above = Number(/(\d+) more above/.exec(shown.join('\n'))?.[1]);
    const below = Number(/(\d+) more below/.exec(shown.join('\n'))?.[1]);
    const listed = shown.filter((row) => /build-\d+ +queued/.test(row)).length;
    expect(above + below + listed).toBe(200);
  });

  test('waiting says why', () => {
    const wait = {
      type: 'build-wait',
      reason: 'Unschedulable',
      message: '0/3 nodes are available',
      hint: undefined,
    } as const;
    const state = stateOf(['a'], [{ type: 'build-phase', phase: 'pod' }, wait]);
    expect(rows(state, 100, 12)[2]).toMatch(/waiting +0\/3 nodes are available/);
    const both = stateOf(['a', 'b'], [{ type: 'build-phase', phase: 'executor', of: 1 }, wait]);
    expect(rows(both, 100, 12)[0]).toContain('2 builds  1 running  1 queued');
    const counted = stateOf(
      ['a', 'b'],
      [{ type: 'build-phase', phase: 'executor', of: 1 }, { type: 'build-phase', phase: 'pod' }, wait],
    );
    expect(rows(counted, 100, 12)[0]).toContain('2 builds  1 running  1 waiting');
  });

  test('the log of a build that waits says why, and what to do, however long that is', () => {
    const wait = {
      type: 'build-wait',
      reason: 'Unschedulable',
      message:
        '0/3 nodes are available:\n3 Insufficient memory. No preemption victims were found for the pod',
      hint: 'Ask for less memory (--memory), or free some.\u001b[2J',
    } as const;
    const waiting = [{ type: 'build-phase', phase: 'pod' }, wait] as const;
    expect(rows(stateOf(['a'], waiting), 60, 12).slice(4, 8)).toEqual([
      'waiting: Unschedulable: 0/3 nodes are available: 3',
      'Insufficient memory. No preemption victims were found for',
      'the pod',
      'hint: Ask for less memory (--memory), or free some.',
    ]);
    expect(rows(stateOf(['a'], waiting), 60, 7).slice(4)).toHaveLength(2);
    const withLog = rows(stateOf(['a'], [{ type: 'output', text: 'line 1' }, ...waiting]), 60, 12);
    expect(withLog.slice(4, 6)).toEqual(['line 1', 'waiting: Unschedulable: 0/3 nodes are available: 3']);
    const bare = { ...wait, message: undefined, hint: undefined };
    expect(rows(stateOf(['a'], [bare]), 60, 12)[4]).toBe('waiting: Unschedulable');
  });

  test('what kanikit itself says stands in the log; its own reasons are no riddle', () => {
    const retry = { type: 'build-retry', attempt: 2, attempts: 3, delayMs: 2_000 } as const;
    const state = stateOf(
      ['a'],
      [
        { type: 'output', text: 'line 1' },
        { type: 'notice', level: 'warning', code: 'x', message: 'no node is added', hint: 'Ask its owner.' },
        { ...retry, code: 'node-lost', message: 'The node went away.', logFile: undefined },
      ],
    );
    expect(rows(state, 80, 12).slice(4, 9)).toEqual([
      'line 1',
      'warning: no node is added',
      'hint: Ask its owner.',
      'attempt 1 of 3 failed (node-lost): The node went away.',
      'waiting: tries again after node-lost: attempt 2 of 3',
    ]);
  });

  test('the footer offers what the keys do: an open log is scrolled, and open already', () => {
    expect(rows(stateOf(['a']), 80, 12).at(-1)).toMatch(/j\/k move {2}enter log/);
    const open = rows(stateOf(['a']), 80, 12, { ...initialView, isLogOpen: true }).at(-1);
    expect(open).toMatch(/j\/k scroll {2}esc back/);
    expect(open).not.toContain('enter log');
  });

  test.each([60, 65, 70, 79])('at %i columns clock, help and quit are there', (columns) => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      type: 'build-phase' as const,
      phase: 'executor' as const,
      of: index,
    }));
    const names = many.map(({ of }) => `build-${of}`);
    for (const state of [recorded(330), stateOf(names, many.slice(0, 150)), stateOf(['a'], [], true)]) {
      for (const isLogOpen of [false, true]) {
        const shown = rows(state, columns, 12, { ...initialView, isLogOpen });
        expect(shown[0]).toMatch(/ \d+:\d\d $/);
        expect(shown.at(-1)).toMatch(isLogOpen ? /esc back .*\? help {2}q quit$/ : /\? help {2}q quit$/);
        expect(shown.at(-1)).not.toContain('…');
        expect(shown.every((row) => widthOf(row) <= columns)).toBe(true);
      }
    }
  });

  test('the header says that builds are being cancelled, until they are', () => {
    const view = { ...initialView, interrupts: 1 };
    for (const columns of [60, 120])
      expect(rows(recorded(330), columns, 12, view)[0]).toContain('cancelling …');
    expect(rows(recorded(330), 80, 12)[0]).not.toContain('cancelling');
    expect(rows(recorded(573), 80, 12, view).join()).not.toMatch(/cancelling/i);
  });

  test('a failed build shows its reason below the log', () => {
    const failed = recorded(573);
    const place = failed.builds.findIndex((build) => build.outcome === 'failed');
    const shown = rows(failed, 160, 24, { ...initialView, selected: failed.builds[place]?.id });
    expect(shown.join('\n')).toContain('ended with exit status 3');
    expect(shown.join('\n')).toContain('Dockerfile:3');
  });
});

describe('view', () => {
  const state = stateOf(
    ['a', 'b', 'c'],
    Array.from({ length: 100 }, (_, line) => ({ type: 'output', text: `line ${line}` })),
  );
  const press = (...commands: Parameters<typeof reduceView>[1][]): ViewState =>
    commands.reduce((view, command) => reduceView(view, command, state, 10), initialView);

  test('selection stays inside the list and follows the build', () => {
    expect(selectedId(press('down'), state)).toBe('b1');
    expect(selectedId(press('up'), state)).toBe('b0');
    expect(selectedId(press('down', 'down', 'down', 'down'), state)).toBe('b2');
    expect(selectedId(press('last'), state)).toBe('b2');
    expect(selectedId(press('last', 'first'), state)).toBe('b0');
  });

  test('until the user moves, the first running build is selected', () => {
    const running = stateOf(['a', 'b'], [{ type: 'build-phase', phase: 'executor', of: 1 }]);
    expect(selectedId(initialView, running)).toBe('b1');
  });

  test('scrolling up stops following; the end follows again', () => {
    expect(press('page-up').logTop).toBe(81);
    expect(press('page-up', 'half-up').logTop).toBe(76);
    expect(press('page-up', 'page-down').logTop).toBeUndefined();
    expect(press('page-up', 'follow').logTop).toBeUndefined();
    expect(press('follow').logTop).toBe(90);
    expect(press('open', 'first').logTop).toBe(0);
    expect(press('open', 'first', 'last').logTop).toBeUndefined();
    expect(press('open', 'up').logTop).toBe(89);
  });

  test('the held log shows the lines it was left at, whatever comes', () => {
    const view = press('open', 'first', 'down', 'down');
    const shown = rows(state, 80, 16, view);
    expect(shown[3]).toBe('line 2');
    expect(shown[2]).toContain('HELD');
  });

  test('neither x nor q asks while builds are being cancelled, nor when all have ended', () => {
    const cancelling = { ...initialView, interrupts: 1 };
    const ended = recorded(573);
    for (const command of ['cancel', 'quit'] as const) {
      expect(reduceView(initialView, command, state, 10).mode).toMatch(/^ask-/);
      expect(reduceView(cancelling, command, state, 10).mode).toBe('browse');
      expect(reduceView(initialView, command, ended, 10).mode).toBe('browse');
    }
  });

  test('a question whose builds have ended is taken back', () => {
    const ended = recorded(573);
    for (const mode of ['ask-cancel', 'ask-quit'] as const) {
      expect(settleView({ ...initialView, mode }, state).mode).toBe(mode);
      expect(settleView({ ...initialView, mode }, ended).mode).toBe('browse');
    }
  });

  test('x asks, and not for a build that has ended', () => {
    expect(press('cancel').mode).toBe('ask-cancel');
    expect(press('cancel', 'no').mode).toBe('browse');
    const ended = recorded(573);
    expect(reduceView(initialView, 'cancel', ended, 10).mode).toBe('browse');
    expect(reduceView(initialView, 'cancel', stateOf([]), 10).mode).toBe('browse');
  });
});
