import { once } from 'node:events';
import { createServer, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createSilenceLimitedAgent } from './silence-limited-agent.ts';

const silenceMs = 300;

async function get(answer: RequestListener): Promise<Buffer> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const agent = createSilenceLimitedAgent(url, { silenceMs }, () => true);
  onTestFinished(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  const asked = request(url, { agent });
  // Behind the answer's head it is the answer that fails.
  asked.on('error', () => {});
  asked.end();
  const [response] = (await once(asked, 'response')) as [Parameters<typeof buffer>[0]];
  return await buffer(response);
}

test('a server that never answers is given up', async () => {
  await expect(get(() => {})).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});

test('a server that stops in the middle is given up', async () => {
  const answer: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('half');
  };
  await expect(get(answer)).rejects.toThrow('aborted');
});

test('a server that is slow is waited for, however long it takes', async () => {
  const answer: RequestListener = (_request, response) => {
    let left = 8;
    const timer = setInterval(() => {
      response.write('x');
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      response.end();
    }, silenceMs / 3);
  };
  expect((await get(answer)).toString()).toBe('xxxxxxxx');
});
