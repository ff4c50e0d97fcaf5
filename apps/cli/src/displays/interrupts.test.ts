import { expect, test } from 'vitest';
import { handleInterrupts } from './interrupts.ts';

function listen() {
  const asked: string[] = [];
  let timeMs = 0;
  const interrupts = handleInterrupts(
    {
      cancel: () => asked.push('cancel'),
      leave: () => asked.push('leave'),
      exit: () => asked.push('exit'),
    },
    () => timeMs,
  );
  const signal = (name: NodeJS.Signals, afterMs: number) => {
    timeMs += afterMs;
    process.emit(name);
  };
  return { asked, interrupts, signal };
}

test('first cancel, then leave, then exit; disposed it lets go of the signals', () => {
  const before = process.listenerCount('SIGTERM');
  const { asked, interrupts, signal } = listen();
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  interrupts.press();
  signal('SIGTERM', 1_000);
  signal('SIGHUP', 1_000);
  signal('SIGINT', 1_000);
  expect(interrupts.count()).toBe(4);
  interrupts[Symbol.dispose]();
  expect(asked).toEqual(['cancel', 'leave', 'exit', 'exit']);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

test('one signal that arrives several times, through the group and through a wrapper, is one interrupt', () => {
  const { asked, interrupts, signal } = listen();
  signal('SIGHUP', 1_000);
  signal('SIGHUP', 5);
  signal('SIGTERM', 20);
  interrupts[Symbol.dispose]();
  expect(asked).toEqual(['cancel']);
});

test('a reader that goes away asks to stop, but is no second interrupt', () => {
  const { asked, interrupts, signal } = listen();
  interrupts.readerGone();
  interrupts.readerGone();
  signal('SIGHUP', 20);
  expect(asked).toEqual(['cancel']);
  signal('SIGINT', 1_000);
  interrupts[Symbol.dispose]();
  expect(asked).toEqual(['cancel', 'leave']);
});
