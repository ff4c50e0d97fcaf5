import { expect, test } from 'vitest';
import { asPlainHttpsUrl, azureHosts, isReadByKey } from './executor-url.ts';

/** `AzureBlobStorageHostRegEx` of Kaniko v1.24.0, `pkg/constants/constants.go`. */
const kanikoHosts = [
  /https:\/\/(.+?)\.blob\.core\.windows\.net\/(.+)/,
  /https:\/\/(.+?)\.blob\.core\.chinacloudapi\.cn\/(.+)/,
  /https:\/\/(.+?)\.blob\.core\.cloudapi\.de\/(.+)/,
  /https:\/\/(.+?)\.blob\.core\.usgovcloudapi\.net\/(.+)/,
];
const isTakenForAzure = (url: string): boolean => kanikoHosts.some((host) => host.test(url));
const path = '/container/a%20b/context.tar.gz?sv=2026-10-06&se=2026-11-25T19%3A25%3A37Z&sp=r&sig=a%2Fb%3D';

test.each(azureHosts)('with its port a URL of %s is one like any other for the executor', (host) => {
  const url = `https://example.${host}${path}`;
  expect(isTakenForAzure(url)).toBe(true);
  expect(isReadByKey(url)).toBe(true);
  const plain = asPlainHttpsUrl(url);
  expect(plain).toBe(`https://example.${host}:443${path}`);
  expect(isTakenForAzure(plain)).toBe(false);
  expect(isReadByKey(plain)).toBe(false);
  // The same place for everyone who reads it as a URL.
  expect(new URL(plain).href).toBe(new URL(url).href);
});

test.each([
  'https://127.0.0.1:10000/account/container/blob?sig=x',
  'https://example.blob.core.windows.net:8443/container/blob?sig=x',
  'http://127.0.0.1/account/container/blob',
])('%s stays as it is', (url) => {
  expect(asPlainHttpsUrl(url)).toBe(url);
});

test('a port that is named already is not named twice', () => {
  const url = `https://example.blob.core.windows.net:443${path}`;
  expect(asPlainHttpsUrl(url)).toBe(url);
});
