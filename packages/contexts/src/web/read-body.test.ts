import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readBody } from './read-body.ts';
import { type Answer, body, startWebServer } from './web-server.test.helper.ts';

async function answerOf(answer: Answer): Promise<IncomingMessage> {
  const server = await startWebServer({ '/': [answer] });
  const [message] = (await once(get(`${server.url}/`), 'response')) as [IncomingMessage];
  message.on('error', () => {});
  return message;
}

const { signal } = new AbortController();

test('a server that stops, connected, is waited for so long', async () => {
  const stalled = await answerOf((response) => void response.writeHead(200).write('one'));
  const pieces: string[] = [];
  const reading = (async () => {
    for await (const piece of readBody(stalled, 50, signal)) pieces.push(Buffer.from(piece).toString());
  })();
  await expect(reading).rejects.toThrow('the server was silent for 0.05 s');
  expect(pieces).toEqual(['one']);
  expect(stalled.destroyed).toBe(true);
});

test('a reader that is slow is no server that is silent', async () => {
  const message = await answerOf(body(Buffer.alloc(3_000_000, 'x')));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let sizeBytes = 0;
  for await (const piece of readBody(message, 1000, signal)) {
    vi.advanceTimersByTime(60_000);
    sizeBytes += piece.length;
  }
  expect(sizeBytes).toBe(3_000_000);
});

test('who leaves early closes the connection', async () => {
  const message = await answerOf(body(gzipSync(Buffer.alloc(5_000_000)), { 'content-encoding': 'gzip' }));
  for await (const piece of readBody(message, 1000, signal)) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  expect(message.destroyed).toBe(true);
});
