import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { watchTerminal } from './watch-terminal.ts';

const streams = () => ({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() });
const ioError = () => Object.assign(new Error('EIO'), { code: 'EIO' });

test.each([
  ['reading fails', ({ stdin }: ReturnType<typeof streams>) => stdin.emit('error', ioError())],
  ['writing fails', ({ stdout }: ReturnType<typeof streams>) => stdout.emit('error', ioError())],
  ['the input ends', ({ stdin }: ReturnType<typeof streams>) => stdin.resume().end()],
])('told once when %s, however many errors follow', async (_name, hangUp) => {
  const all = streams();
  const onGone = vi.fn<() => void>();
  const { gone, release } = watchTerminal(all, onGone, 0);
  hangUp(all);
  await gone;
  await vi.waitFor(() => expect(onGone).toHaveBeenCalledTimes(1), { timeout: 4_000 });
  for (const stream of Object.values(all)) stream.emit('error', ioError());
  release();
  for (const stream of Object.values(all)) stream.emit('error', ioError());
  expect(onGone).toHaveBeenCalledTimes(1);
});

test('released within the grace it tells nothing', async () => {
  vi.useFakeTimers();
  try {
    const all = streams();
    const { gone, release } = watchTerminal(all, () => expect.unreachable());
    all.stdout.emit('error', ioError());
    await gone;
    release();
    vi.runAllTimers();
  } finally {
    vi.useRealTimers();
  }
});
