import type { CredentialSource, RunContext } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { createDoctorTools } from './doctor-tools.ts';
import { machineCredentials } from './machine-credentials.ts';

const run = { signal: new AbortController().signal } as RunContext;
const credential = { kind: 'password', username: 'u', password: 'p' } as const;
const resolve: CredentialSource['resolve'] = async () => credential;

test.each<[what: string, source: CredentialSource, origin: string]>([
  ['a source that knows no places', { specVersion: 1, resolve }, 'the credential source that was handed in'],
  [
    'a source that knows them',
    { specVersion: 1, resolve, locate: async () => ({ credential, origin: 'the vault' }) },
    'the vault',
  ],
  [
    'what this machine has',
    machineCredentials({ DOCKER_AUTH_CONFIG: '{"auths":{"r.example":{"username":"u","password":"p"}}}' }),
    'DOCKER_AUTH_CONFIG',
  ],
])('the doctor tells where a credential comes from: %s', async (_what, source, origin) => {
  expect(await createDoctorTools(source, {}).locateCredential('r.example', run)).toBe(origin);
  expect(await source.resolve('r.example', run)).toEqual(credential);
});
