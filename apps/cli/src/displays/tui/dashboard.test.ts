import { readFileSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { initialRunState, reduceRun, type RunState } from '@kanikit/core';
import type { KanikitEvent } from '@kanikit/spec';
import xterm from '@xterm/headless';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Io } from '../../io.ts';
import type { Display } from '../display.ts';
import { runEvents, type Told } from '../../testing/run-events.ts';
import { createDashboard } from './dashboard.tsx';
import { screenFrame } from './screen-rows.ts';
import { plainTheme } from './theme.ts';
import { initialView } from './view-state.ts';

const text = readFileSync(new URL('../../../fixtures/samples.ndjson', import.meta.url), 'utf8');
const events = text
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as KanikitEvent);

/** A real terminal emulator behind the streams of a process. */
function createTerminal(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 });
  terminal.write('$ earlier work\r\n');
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) =>
      terminal.write(chunk.toString().replace(/(?<!\r)\n/g, '\r\n'), done),
  });
  const stdout = Object.assign(output, { isTTY: true, columns, rows });
  let isRaw = false;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isOn: boolean) => {
      isRaw = isOn;
    },
    ref: () => undefined,
    unref: () => undefined,
  });
  const io = { env: { TERM: 'xterm', NO_COLOR: '1' }, stdin, stdout, stderr: stdout, version: '0' };
  return {
    io: io as unknown as Io,
    isRaw: () => isRaw,
    isAlternate: () => terminal.buffer.active.type === 'alternate',
    press: (key: string) => stdin.write(key),
    /** As when its window is closed: nothing more can be written. */
    hangUp: () => {
      output._write = (_chunk, _encoding, done) =>
        done(Object.assign(new Error('write EIO'), { code: 'EIO' }));
      stdin.emit('error', Object.assign(new Error('read EIO'), { code: 'EIO' }));
    },
    unread: () => stdin.readableLength,
    resize: (toColumns: number, toRows: number) => {
      Object.assign(stdout, { columns: toColumns, rows: toRows });
      terminal.resize(toColumns, toRows);
      stdout.emit('resize');
    },
    lines: () => {
      const { active } = terminal.buffer;
      const all = Array.from(
        { length: active.length },
        (_, row) => active.getLine(row)?.translateToString(true) ?? '',
      );
      return all.slice(active.type === 'alternate' ? -terminal.rows : 0);
    },
    all: () => {
      const { active } = terminal.buffer;
      return Array.from(
        { length: active.length },
        (_, row) => active.getLine(row)?.translateToString(true) ?? '',
      ).join('\n');
    },
  };
}

/** As long as it takes on a busy machine: the bound is there for what never comes. */
function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 30_000, interval: 20 });
}

let open: { display: Display; state: RunState } | undefined;

function start(columns = 80, rows = 24, count = 300, told: readonly KanikitEvent[] = events) {
  const terminal = createTerminal(columns, rows);
  const controls = { cancel: vi.fn<(build: string | undefined) => void>(), interrupt: vi.fn<() => void>() };
  let state = initialRunState;
  const clock = vi.fn<() => number>(() => state.lastEventAtMs ?? 0);
  const display = createDashboard(terminal.io, { ...controls, clock });
  const play = (from: number, to: number) => {
    for (const event of told.slice(from, to)) {
      state = reduceRun(state, event);
      void display.show(event, state);
    }
    open = { display, state };
  };
  open = { display, state };
  play(0, count);
  return { terminal, controls, clock, display, play, state: () => state };
}

afterEach(async () => {
  await open?.display.close(open.state);
  open = undefined;
});

/** One header, one footer, nothing on the last row: whatever happened before. */
function expectWhole(lines: readonly string[]): void {
  expect(lines.filter((line) => line.startsWith(' kanikit'))).toHaveLength(1);
  expect(lines.filter((line) => /j\/k move|y yes|close help|Cancelling/.test(line))).toHaveLength(1);
  expect(lines.at(-1)).toBe('');
}

describe('dashboard', { timeout: 60_000 }, () => {
  test('starts on the alternate screen with a row for each build', async () => {
    const { terminal } = start();
    await eventually(() => expect(terminal.lines().join('\n')).toContain('multi-stage'));
    expect(terminal.isAlternate()).toBe(true);
    expect(terminal.isRaw()).toBe(true);
    expectWhole(terminal.lines());
  });

  test('keys move the selection and open the log', async () => {
    const { terminal } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    terminal.press('j');
    await eventually(() => expect(terminal.lines()[3]).toMatch(/^> . multi-stage/));
    terminal.press('\u001b[B');
    await eventually(() => expect(terminal.lines()[4]).toMatch(/^> . failing/));
    terminal.press('g');
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> . hello/));
    terminal.press('\r');
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^ hello .*FOLLOW/));
    terminal.press('k');
    await eventually(() => expect(terminal.lines()[2]).toMatch(/HELD/));
    terminal.press('\u001b');
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> . hello/));
    expectWhole(terminal.lines());
  });

  test('x asks before it cancels the selected build', async () => {
    const { terminal, controls, state } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    terminal.press('x');
    await eventually(() => expect(terminal.lines().join('\n')).toContain('Cancel hello?'));
    expect(controls.cancel).not.toHaveBeenCalled();
    terminal.press('n');
    await eventually(() => expect(terminal.lines().join('\n')).toContain('j/k move'));
    terminal.press('x');
    await eventually(() => expect(terminal.lines().join('\n')).toContain('Cancel hello?'));
    terminal.press('y');
    await eventually(() => expect(controls.cancel).toHaveBeenCalledExactlyOnceWith(state().builds[0]?.id));
  });

  test('q asks; Ctrl-C does not; what goes on is said', async () => {
    const { terminal, controls, display } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    terminal.press('q');
    await eventually(() => expect(terminal.lines().join('\n')).toContain('Cancel all builds'));
    terminal.press('y');
    await eventually(() => expect(controls.interrupt).toHaveBeenCalledTimes(1));
    terminal.press('\u0003');
    await eventually(() => expect(controls.interrupt).toHaveBeenCalledTimes(2));
    display.interrupted(1);
    await eventually(() => expect(terminal.lines().join('\n')).toContain('Ctrl-C again stops waiting'));
  });

  test('while builds are being cancelled no key counts as a second Ctrl-C', async () => {
    const { terminal, controls, display } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    terminal.press('q');
    await eventually(() => expect(terminal.lines().join('\n')).toContain('Cancel all builds'));
    display.interrupted(1);
    await eventually(() => expect(terminal.lines()[0]).toContain('cancelling …'));
    for (const key of ['y', 'q', 'y', 'x', 'y']) {
      terminal.press(key);
      await eventually(() => expect(terminal.unread()).toBe(0));
    }
    // Keys come in their order: when this one is through, the others are.
    terminal.press('?');
    await eventually(() => expect(terminal.lines().join('\n')).toContain('close help'));
    expect(controls.interrupt).not.toHaveBeenCalled();
    expect(controls.cancel).not.toHaveBeenCalled();
  });

  test('q quits without asking when all builds have ended', async () => {
    const { terminal, controls, play } = start();
    play(300, events.length);
    await eventually(() => expect(terminal.lines()[0]).toMatch(/3 built {2}1 failed/));
    terminal.press('q');
    await eventually(() => expect(controls.interrupt).toHaveBeenCalledTimes(1));
  });

  test('pasted text is no command', async () => {
    const { terminal, controls } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    terminal.press('xyqy?');
    await eventually(() => expect(terminal.unread()).toBe(0));
    terminal.press('?');
    await eventually(() => expect(terminal.lines().join('\n')).toContain('close help'));
    expect(controls.cancel).not.toHaveBeenCalled();
    expect(controls.interrupt).not.toHaveBeenCalled();
  });

  test('twenty builds that wait, are lost and tried again: each screen is that of its moment, nothing of the one before', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `svc-${index + 1}`);
    const none = undefined;
    const wait = (build: string, reason: string, message: string): Told => ({
      type: 'build-wait',
      build,
      reason,
      message,
      hint: 'Wait, or ask for less.',
      afterMs: 0,
    });
    const queued = names.slice(4).map((name, ahead) => {
      return wait(name, 'concurrency', `4 builds run at once; ${ahead} ahead of this one`);
    });
    const lost = { type: 'build-retry', attempt: 2, attempts: 3, delayMs: 2_000, logFile: none } as const;
    const moments: readonly (readonly Told[])[] = [
      [
        ...names.slice(0, 4).map((build): Told => ({ type: 'build-phase', build, phase: 'pod', afterMs: 0 })),
        ...queued,
        wait('svc-1', 'Unschedulable', `no node fits: ${'1 of 3: too little memory free; '.repeat(4)}`),
        wait('svc-2', 'quota', 'The quota builds of namespace ci has no room: pods 2 of 2 used.'),
      ],
      [
        { type: 'build-phase', phase: 'executor' },
        { type: 'stage-start', stage: 0, name: none, base: 'alpine' },
        { type: 'step-start', stage: 0, step: 0, instruction: `RUN ${'make '.repeat(30)}` },
        ...Array.from({ length: 30 }, (_, line): Told => ({ type: 'output', text: `line ${line}` })),
      ],
      [{ ...lost, code: 'pod-evicted', message: 'The node evicted the pod: it ran out of memory.' }],
      [
        { type: 'build-wait', reason: none, message: none, hint: none },
        { type: 'build-phase', phase: 'pod' },
        { type: 'build-wait', reason: 'ContainerCreating', message: 'its node sets it up', hint: none },
      ],
      [{ type: 'run-cancel', reason: 'interrupted' }],
    ];
    const all = runEvents(names, moments.flat());
    const { terminal, play, state } = start(80, 24, 1, all);
    let from = 1;
    for (const moment of moments) {
      play(from, from + moment.length);
      from += moment.length;
      await eventually(() => {
        const size = { columns: 80, rows: 24 };
        const { rows } = screenFrame(state(), initialView, size, plainTheme, state().lastEventAtMs ?? 0);
        expect(terminal.lines()).toEqual([...rows.map((row) => row.trimEnd()), '']);
      });
    }
    expect(terminal.lines().join('\n')).toMatch(
      /cancelling …[^]*> . svc-1 +waiting +attempt 2: its node sets it up +0:\d\d\n[^]*attempt 1 of 3 failed \(pod-evicted\)/,
    );
  });

  test('a storm of sizes leaves one whole frame', async () => {
    const { terminal, play } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    terminal.press('g');
    const sizes = [
      [120, 40],
      [60, 12],
      [200, 50],
      [40, 8],
      [97, 31],
      [60, 13],
      [80, 24],
    ] as const;
    let from = 300;
    for (const [columns, rows] of [...sizes, ...sizes]) {
      terminal.resize(columns, rows);
      play(from, from + 5);
      from += 5;
    }
    await eventually(() => {
      expectWhole(terminal.lines());
      expect(terminal.lines()[2]).toMatch(/^> . hello/);
    });
  });

  test('closing leaves the alternate screen, keeps the history and prints the summary once', async () => {
    const { terminal, display, play, state } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    play(300, events.length);
    await display.close(state());
    await display.close(state());
    await eventually(() => expect(terminal.all()).toContain('hint:'));
    expect(terminal.isAlternate()).toBe(false);
    expect(terminal.isRaw()).toBe(false);
    const all = terminal.all();
    expect(all).toContain('$ earlier work');
    expect(all.match(/3 built, 1 failed/g)).toHaveLength(1);
    expect(all).toContain('FAILED failing');
    expect(all).toContain('sha256:');
    expect(all).not.toContain('j/k move');
  });

  test('a terminal that goes away asks to stop once, and closing ends without it', async () => {
    const { terminal, controls, display, play, state } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    terminal.hangUp();
    play(300, 400);
    await eventually(() => expect(controls.interrupt).toHaveBeenCalled());
    display.interrupted(1);
    play(400, events.length);
    await display.close(state());
    expect(controls.interrupt).toHaveBeenCalledTimes(1);
  });

  test('drawing that fails ends the picture, not the run: the summary comes, then the error', async () => {
    const { terminal, controls, clock, display, play, state } = start();
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    clock.mockImplementation(() => {
      throw new Error('no time');
    });
    await eventually(() => expect(terminal.isAlternate()).toBe(false));
    expect(terminal.isRaw()).toBe(false);
    play(300, events.length);
    await display.close(state());
    await eventually(() =>
      expect(terminal.all()).toMatch(/3 built, 1 failed[^]*defect of its own[^]*no time/),
    );
    expect(controls.interrupt).not.toHaveBeenCalled();
  });

  test('a narrow terminal still shows header, row and footer', async () => {
    const { terminal } = start(40, 8);
    await eventually(() => expect(terminal.lines()[2]).toMatch(/^> /));
    expectWhole(terminal.lines());
  });
});
