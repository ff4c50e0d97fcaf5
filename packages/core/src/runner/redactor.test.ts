import { expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';

const url =
  'https://bucket.example.com/c.tar.gz?X-Amz-Credential=AKIAEXAMPLE%2F2026&X-Amz-Signature=0123456789abcdef';

function shown(secrets: readonly string[], line: string): { readonly text: string; readonly bytes: string } {
  const redactor = createRedactor();
  redactor.hide(secrets);
  return { text: redactor.text(line), bytes: Buffer.from(redactor.bytes(Buffer.from(line))).toString() };
}

test.each<[why: string, secrets: string[], line: string, told: string]>([
  [
    'of a signed URL, what signs it',
    [url],
    `Get "${url}": EOF`,
    'Get "https://bucket.example.com/c.tar.gz?***": EOF',
  ],
  ['its signature alone', [url], 'signature 0123456789abcdef is late', 'signature *** is late'],
  ['its credential, decoded', [url], 'no AKIAEXAMPLE/2026', 'no ***'],
  [
    'user and password',
    ['https://me:s3cr3t-word@host/x.git'],
    'me:s3cr3t-word@host, s3cr3t-word',
    '***@host, ***',
  ],
  ['any other value whole', ['wJalrXUtnFEMI'], 'key wJalrXUtnFEMI.', 'key ***.'],
  ['short ones stay', ['yes'], 'yes', 'yes'],
  ['nothing to hide', [], 'plain é€', 'plain é€'],
  ['several at once', ['first-secret', 'second-secret'], 'first-secret second-secret', '*** ***'],
])('%s', (_why, secrets, line, told) => {
  expect(shown(secrets, line)).toEqual({ text: told, bytes: told });
});

test('bytes that are no text come out as they went in', () => {
  const redactor = createRedactor();
  redactor.hide(['the-secret']);
  const line = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('the-secret'), Buffer.of(0x80, 0x0a)]);
  expect(redactor.bytes(line)).toEqual(
    Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('***'), Buffer.of(0x80, 0x0a)]),
  );
  const clean = Buffer.of(0xff, 0x41);
  expect(redactor.bytes(clean)).toBe(clean);
});
