import type { CredentialSource, RegistryCredential } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { sandboxCredentials } from './sandbox-credentials.ts';

const sandbox = {
  registry: '127.0.0.1:17444',
  registryCredentials: { username: 'kanikit', password: 'of the sandbox' },
};
const own: RegistryCredential = { kind: 'password', username: 'kanikit', password: 'of the sandbox' };
const other: RegistryCredential = { kind: 'registry-token', token: 'of another' };
const others: CredentialSource = {
  specVersion: 1,
  resolve: async (registry) => (registry === 'ghcr.io' ? other : undefined),
};
const run = { signal: new AbortController().signal } as Parameters<CredentialSource['resolve']>[1];

test.each([
  ['127.0.0.1:17444', own, own],
  ['localhost:17444', own, own],
  ['LOCALHOST:17444', own, own],
  ['ghcr.io', undefined, other],
  ['127.0.0.1:5000', undefined, undefined],
  ['localhost', undefined, undefined],
  ['index.docker.io', undefined, undefined],
])('%s gets the password only where it is the sandbox', async (registry, alone, withOthers) => {
  expect(await sandboxCredentials(sandbox).resolve(registry, run)).toEqual(alone);
  expect(await sandboxCredentials(sandbox, others).resolve(registry, run)).toEqual(withOthers);
});

test('the sandbox is asked of no other source, so that one that is broken is in nobody’s way', async () => {
  const broken: CredentialSource = {
    specVersion: 1,
    resolve: () => Promise.reject(new Error('a helper that is not there')),
  };
  expect(await sandboxCredentials(sandbox, broken).resolve('localhost:17444', run)).toEqual(own);
  await expect(sandboxCredentials(sandbox, broken).resolve('ghcr.io', run)).rejects.toThrow('a helper');
});

test('tells the place of a credential: its own, or that which the other source tells', async () => {
  const found = { credential: other, origin: '~/.docker/config.json' };
  const told = sandboxCredentials(sandbox, { ...others, locate: async () => found });
  expect(await told.locate('127.0.0.1:17444', run)).toEqual({ credential: own, origin: 'the sandbox' });
  expect(await told.locate('ghcr.io', run)).toEqual(found);
});
