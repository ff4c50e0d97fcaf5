import { expect, test } from 'vitest';
import { handleInterrupts } from './interrupts.ts';

test('first cancel, then leave, then exit; disposed it lets go of the signals', () => {
  const before = process.listenerCount('SIGTERM');
  const asked: string[] = [];
  {
    using interrupts = handleInterrupts({
      cancel: () => asked.push('cancel'),
      leave: () => asked.push('leave'),
      exit: () => asked.push('exit'),
    });
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    interrupts.press();
    process.emit('SIGTERM');
    process.emit('SIGHUP');
    process.emit('SIGINT');
    expect(interrupts.count()).toBe(4);
  }
  expect(asked).toEqual(['cancel', 'leave', 'exit', 'exit']);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
