import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createRegistryHandler } from './handler.ts';
import { sendRegistryProblem } from './registry-error.ts';
import { pushBlob, pushImage, startServer } from './testing/test-server.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-registry-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('basic authentication', () => {
  const basic = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });
  it.each([
    ['none', {}, 401],
    ['the right password', basic('ann:pa:ss'), 200],
    ['a wrong password', basic('ann:nope'), 401],
    ['an unknown user', basic('bob:pa:ss'), 401],
    ['a name of the prototype', basic('constructor:x'), 401],
    ['no colon', basic('ann'), 401],
    ['another scheme', { authorization: 'Bearer x' }, 401],
  ])('with %s', async (_, headers, status) => {
    await using server = await startServer(createRegistryHandler({ folder, users: { ann: 'pa:ss' } }));
    const response = await fetch(`${server.url}/v2/`, { headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toBe(
      status === 401 ? 'Basic realm="kanikit sandbox registry", charset="UTF-8"' : null,
    );
  });
});

describe('faults', () => {
  it('denies a push', async () => {
    const handler = createRegistryHandler({
      folder,
      intercept: (request, response) => {
        if (request.method !== 'POST') return false;
        sendRegistryProblem(response, { status: 403, code: 'DENIED', message: 'no pushes today' });
        return true;
      },
    });
    await using server = await startServer(handler);
    await expect(pushBlob(server.url, 'a', 'x')).rejects.toThrow('403: {"errors":[{"code":"DENIED"');
    expect((await fetch(`${server.url}/v2/`)).status).toBe(200);
  });

  it('fails some times and then works', async () => {
    let left = 2;
    const handler = createRegistryHandler({
      folder,
      intercept: (_, response) => {
        if (left === 0) return false;
        left -= 1;
        sendRegistryProblem(response, {
          status: 503,
          code: 'UNKNOWN',
          message: 'busy',
          headers: { 'Retry-After': '1' },
        });
        return true;
      },
    });
    await using server = await startServer(handler);
    const statuses = [];
    for (let round = 0; round < 3; round += 1) statuses.push((await fetch(`${server.url}/v2/`)).status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  it('keeps a tag immutable', async () => {
    const handler = createRegistryHandler({
      folder,
      intercept: (request, response) => {
        if (request.method !== 'PUT' || request.url !== '/v2/a/manifests/fixed') return false;
        sendRegistryProblem(response, { status: 400, code: 'TAG_INVALID', message: 'the tag is immutable' });
        return true;
      },
    });
    await using server = await startServer(handler);
    await expect(pushImage(server.url, 'a', 'fixed', 'x')).rejects.toThrow('TAG_INVALID');
    await pushImage(server.url, 'a', 'free', 'x');
  });
});
