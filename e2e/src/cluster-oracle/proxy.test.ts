import { chooseProxy } from '@kanikit/toolkit/proxy';
import { createSeededRandom } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { startOracle } from './oracle.ts';

const hosts = [
  'example.com',
  'a.example.com',
  'b.a.example.com',
  'notexample.com',
  'host',
  'host.',
  'localhost.example.com',
  'xn--bcher-kva.example',
  '10.1.2.3',
  '10.1.3.3',
  '192.168.0.1',
  '127.0.0.1',
  '127.9.9.9',
  'localhost',
  '[::1]',
  '[fd00::1]',
  '[fd00:1:2::3]',
  '[2001:db8::10:5]',
  '[::ffff:a01:203]',
];
const names = [
  'example.com',
  '.example.com',
  '*.example.com',
  '*example.com',
  'EXAMPLE.com',
  'a.example.com',
  '.com',
  'com',
  'host',
  'host.',
  'bücher.example',
  '.bücher.example',
  '10.1.2.3',
  '10.0.0.0/8',
  '10.1.2.0/23',
  '10.1.2.0/08',
  '10.1.2.0/33',
  '10.1.2.3/32',
  '0.0.0.0/0',
  '010.1.2.3',
  '10.1',
  '::/0',
  'fd00::/8',
  'fd00::/129',
  'fd00::1',
  'FD00:0:0::1',
  '[fd00::1]',
  'fd00::1%eth0',
  '2001:db8::10:5',
  '::ffff:10.1.2.3',
  '::ffff:10.1.2.0/120',
  '::ffff:10.1.2.0/90',
  '*',
  '.',
  ':',
  ':443',
  '/8',
  '[',
  '[]:443',
  'a b',
];

test('chooses the proxy that programs in Go choose, for thousands of lists', async () => {
  const { below, pick } = createSeededRandom(18);
  await using oracle = await startOracle(AbortSignal.timeout(400_000));
  const differences: unknown[] = [];
  for (let round = 0; round < 4_000; round += 1) {
    const url = `${pick(['https', 'http'])}://${pick(hosts)}${pick(['', ':443', ':80', ':6443'])}/path`;
    const entries = Array.from({ length: below(4) }, () => {
      const name = pick(names);
      return pick(['', '', ' ', '\t']) + name + pick(['', '', '', ':443', ':6443', ':80', ':', ' ']);
    });
    const proxies = ['', 'http://p:3128', 'https://u:pw@p', 'p:3128', '127.0.0.1:3128', 'u:pw@p:3128'];
    const asked = {
      url,
      httpProxy: pick(proxies),
      httpsProxy: pick(proxies),
      noProxy: entries.join(pick([',', ', ', ',,'])),
    };
    const answer = await oracle.ask({ proxy: asked });
    const env = { HTTP_PROXY: asked.httpProxy, HTTPS_PROXY: asked.httpsProxy, NO_PROXY: asked.noProxy };
    const chosen = chooseProxy(new URL(url), env)?.href;
    const expected = answer.proxy === undefined ? undefined : new URL(answer.proxy).href;
    if (chosen !== expected) differences.push({ ...asked, chosen, expected, error: answer.error });
  }
  expect(differences.slice(0, 5)).toEqual([]);
});
