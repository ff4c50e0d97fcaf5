import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explainLog } from '../explain/explain-log.ts';
import { createLogDecoder } from './decoder.ts';

const folder = new URL('../../fixtures/', import.meta.url);
const logs = readdirSync(folder)
  .filter((name) => name.endsWith('.log'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8').split('\n'));
const rounds = 1500;

/** Lines missing, doubled, cut, glued, and mixed with those of other logs. */
function damage(next: (below: number) => number): string {
  const lines = [...logs[next(logs.length)]!];
  const others = logs[next(logs.length)]!;
  for (let count = next(30); count > 0; count -= 1) {
    const at = next(lines.length);
    const line = lines[at] ?? '';
    const other = others[next(others.length)]!;
    const changes = [
      () => lines.splice(at, 1),
      () => lines.splice(at, 0, other),
      () => lines.splice(at, 0, lines[next(lines.length)] ?? ''),
      () => lines.splice(at, 1, line.slice(0, next(line.length))),
      () => lines.splice(at, 1, `${line}\r${other}`),
      () => lines.splice(at, 1, line + other),
    ];
    changes[next(changes.length)]!();
  }
  return lines.join('\n');
}

test('damaged logs keep the books balanced and the events in order', () => {
  let state = 11;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < rounds; round += 1) {
    const log = damage(next);
    const { lines, steps, verdict } = explainLog(log);
    expect(lines.executor + lines.output + lines.unknown).toBe(lines.total);
    expect(Math.min(lines.executor, lines.output, lines.unknown)).toBeGreaterThanOrEqual(0);
    expect(steps.every(({ outputLines }) => outputLines >= 0)).toBe(true);
    expect(verdict.failure === null).toBe(verdict.outcome !== 'failed');
    expect(misplaced(log)).toEqual([]);
  }
});

/** Events that start what is open already, or end what is not open. */
function misplaced(log: string): string[] {
  const decoder = createLogDecoder();
  const events = [...decoder.push(Buffer.from(log)), ...decoder.end({}).events];
  const open: string[] = [];
  const wrong: string[] = [];
  for (const { type } of events) {
    const [, what = '', end] = /^(stage|step|phase)-(start|end)$/.exec(type) ?? [];
    if (end === 'start') {
      if (open.includes(what)) wrong.push(type);
      open.push(what);
    } else if (end === 'end' && open.pop() !== what) wrong.push(type);
  }
  return [...wrong, ...open];
}
