import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLineWriter } from './line-writer.ts';

test('asks to wait while the reader is behind', async () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  const writer = createLineWriter(stream, () => expect.unreachable());
  const waiting = writer.write('too much at once\n');
  expect(waiting).toBeInstanceOf(Promise);
  stream.resume();
  await waiting;
  await writer.flush();
  expect(writer.write('ok\n') === undefined || stream.writableNeedDrain).toBe(true);
});

test('a reader that is gone is told once, frees who waits, and takes nothing more', async () => {
  let gone = 0;
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const writer = createLineWriter(stream, () => {
    gone += 1;
  });
  await writer.write('one\n');
  await writer.write('two\n');
  await writer.flush();
  expect(gone).toBe(1);
  expect(writer.write('three\n')).toBeUndefined();
});
