import { expect, test } from 'vitest';
import { chooseProxy } from './choose-proxy.ts';
import { parseProxy } from './parse-proxy.ts';

const both = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'http://secure:3128' };
const secure = 'http://secure:3128/';

test.each<readonly [string, Readonly<Record<string, string>>, string | undefined]>([
  ['https://a.example.com', both, secure],
  ['http://a.example.com', both, 'http://plain:3128/'],
  ['https://a.example.com', { https_proxy: 'p:3128' }, 'http://p:3128/'],
  ['https://a.example.com', { HTTPS_PROXY: 'http://upper', https_proxy: 'http://lower' }, 'http://upper/'],
  ['https://a.example.com', { HTTPS_PROXY: '', https_proxy: 'http://lower' }, 'http://lower/'],
  ['http://a.example.com', { HTTPS_PROXY: 'http://p:3128' }, undefined],
  ['http://a.example.com', { ...both, REQUEST_METHOD: 'GET' }, undefined],
  ['https://a.example.com', { ...both, REQUEST_METHOD: 'GET' }, secure],
  // This machine.
  ['https://localhost:6443', both, undefined],
  ['https://localhost.:6443', both, undefined],
  ['https://127.0.0.1:6443', both, undefined],
  ['https://127.8.9.1', both, undefined],
  ['https://[::1]:6443', both, undefined],
  ['https://[::ffff:127.0.0.1]:6443', both, undefined],
  ['https://localhost.example.com', both, secure],
  // Lists.
  ['https://10.1.2.3:6443', { ...both, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3:6443', { ...both, NO_PROXY: '10.0.0.0/8' }, secure],
  ['https://10.1.2.3', { ...both, NO_PROXY: '10.1.2.0/23' }, undefined],
  ['https://[fd00:1::5]', { ...both, NO_PROXY: 'fd00::/8' }, undefined],
  ['https://[fe00:1::5]', { ...both, NO_PROXY: 'fd00::/8' }, secure],
  ['https://[::ffff:10.1.2.3]', { ...both, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://10.1.2.3:6443', { ...both, NO_PROXY: '10.1.2.3:6443' }, undefined],
  ['https://10.1.2.3:8443', { ...both, NO_PROXY: '10.1.2.3:6443' }, secure],
  ['https://[fd00::1]:6443', { ...both, NO_PROXY: '[fd00::1]:6443' }, undefined],
  ['https://[fd00::1]:6443', { ...both, NO_PROXY: 'fd00:0::0:1' }, undefined],
  ['https://a.example.com', { ...both, NO_PROXY: 'x, .example.com' }, undefined],
  ['https://example.com', { ...both, NO_PROXY: '.example.com' }, secure],
  ['https://example.com', { ...both, NO_PROXY: '*.example.com' }, secure],
  ['https://a.example.com', { ...both, NO_PROXY: '*.example.com' }, undefined],
  ['https://example.com', { ...both, NO_PROXY: 'EXAMPLE.com' }, undefined],
  ['https://a.example.com:6443', { ...both, no_proxy: 'a.example.com:6443' }, undefined],
  ['https://a.example.com', { ...both, no_proxy: 'example.com:443' }, undefined],
  ['https://a.example.com:6443', { ...both, no_proxy: 'example.com:443' }, secure],
  ['https://notexample.com', { ...both, NO_PROXY: 'example.com' }, secure],
  ['https://a.example.com', { ...both, NO_PROXY: 'x,*' }, undefined],
  ['https://bücher.example', { ...both, NO_PROXY: 'BÜCHER.example' }, undefined],
  ['https://xn--bcher-kva.example', { ...both, NO_PROXY: 'bücher.example' }, undefined],
  ['https://a.example.com', { ...both, NO_PROXY: 'a.example.com b.example.com' }, secure],
])('proxy for %s with %j', (target, env, expected) => {
  expect(chooseProxy(new URL(target), env)?.href).toBe(expected);
});

test.each([
  'socks5://u:se-cret@h:1080',
  'socks5h://h',
  'ftp://h',
  'http://',
  'http://u:se-cret@:3128',
  ':::',
])('a proxy that can not be used is told, without its password: %s', (text) => {
  const choose = (): unknown => chooseProxy(new URL('https://a.example.com'), { HTTPS_PROXY: text });
  expect(choose).toThrow(/^HTTPS_PROXY: /);
  expect(choose).not.toThrow(/se-cret/);
  expect(chooseProxy(new URL('https://127.0.0.1'), { HTTPS_PROXY: text })).toBeUndefined();
});

test('a proxy without a scheme is one of http', () => {
  expect(parseProxy('u:p%40@host:3128').href).toBe('http://u:p%40@host:3128/');
});
