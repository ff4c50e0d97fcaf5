import { expect, test } from 'vitest';
import { secretFileTexts } from './secret-file-texts.ts';

const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqh\nkiG9w0BAQEFAASCBK\n-----END PRIVATE KEY-----\n';

test("a docker config's secrets are its tokens, its logins and their passwords", () => {
  const auth = Buffer.from('user:pass:word').toString('base64');
  const content = JSON.stringify({
    auths: { 'a.example': { auth }, 'b.example': { identitytoken: 'identity-token' } },
    credHelpers: { 'c.example': 'ecr-login' },
  });
  expect(secretFileTexts({ content })).toEqual([
    content,
    auth,
    'user:pass:word',
    'pass:word',
    'identity-token',
  ]);
});

test("a key's secrets are its lines, also inside of a JSON file", () => {
  const lines = ['MIIEvQIBADANBgkqh', 'kiG9w0BAQEFAASCBK'];
  expect(secretFileTexts({ content: key })).toEqual(expect.arrayContaining(lines));
  const content = JSON.stringify({ type: 'service_account', private_key: key });
  expect(secretFileTexts({ content: Buffer.from(content) })).toEqual(expect.arrayContaining(lines));
});

test.each([
  ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIBazCCARKg\n-----END CERTIFICATE-----\n'],
  ['a Dockerfile', 'FROM alpine\nRUN make\n'],
  ['an anonymous docker config', '{"auths":{}}'],
])('%s has none', (_name, content) => {
  expect(secretFileTexts({ content })).toEqual([]);
});
