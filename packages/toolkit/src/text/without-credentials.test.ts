import { expect, test } from 'vitest';
import { withoutCredentials } from './without-credentials.ts';

test.each([
  ['https://user:SECRET@host/x.git', 'https://***@host/x.git'],
  ['https://SECRET@host/x.git', 'https://***@host/x.git'],
  ['https://secret@host/x.git', 'https://***@host/x.git'],
  ['https:/user:SECRET@host', 'https:/***@host'],
  ['HTTPS://user:SE@CR/ET@host', 'HTTPS://***@host'],
  ['user:SECRET@host', '***@host'],
  ['ssh://user:SECRET@host/x.git', 'ssh://***@host/x.git'],
  ['/home/me/https:/user:SECRET@host', '***@host'],
  ['s3://key:SEC/RET+@bucket', 's3://***@bucket'],
  ['s3://key:SECRET/bucket', 's3://key:***'],
  ['src=https://user:SECRET@host', '***@host'],
  ['https://host/x.tgz?X-Amz-Signature=SECRET', 'https://host/x.tgz?***'],
  ['az://account/c/x.tgz?sv=1&sig=SECRET#part', 'az://account/c/x.tgz?***#part'],
  ['user:SECRET@host/app@sha256:0123abcd', '***@host/app@sha256:0123abcd'],
])('%s hides the secret', (written, shown) => {
  expect(withoutCredentials(written)).toBe(shown);
  expect(shown).not.toContain('SECRET');
});

test.each([
  '',
  './app',
  's3://bucket/prefix',
  'https://host:8443/x.tgz',
  'host:5000/app:1@sha256:0123abcd',
  'host:5000/app:tag',
  'git@host:team/app.git',
  'ssh://git@host/team/app.git',
  'google@1.24.0',
  './packages/@scope/app',
  '/home/me@example.com/app',
  'http://[::1]:9000/x',
])('%s is shown as it is', (written) => {
  expect(withoutCredentials(written)).toBe(written);
});
