import { expect, test } from 'vitest';
import { createLineRedactor } from './line-redactor.ts';
import { redactDeep } from './redact-deep.ts';
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

const value = 'p&ss "w<rd"/ä+1';

test.each<[string, string]>([
  ['in JSON of JavaScript', JSON.stringify({ value })],
  ['in JSON of Go', JSON.stringify({ value }).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c')],
  ['in JSON within JSON', JSON.stringify(JSON.stringify({ value }))],
  ['in a path', `https://h/${encodeURIComponent(value)}`],
  [
    'in a path, with escapes in lower case',
    encodeURIComponent(value).toLowerCase().replace('%c3%a4', '%c3%a4'),
  ],
  ['in a form', new URLSearchParams({ value }).toString()],
  ['in base64', Buffer.from(value).toString('base64')],
  ['in base64url', Buffer.from(value).toString('base64url')],
  ['in the base64 of a login', `Basic ${Buffer.from(`user:${value}`).toString('base64')}`],
  ['in the base64 of a text around it', Buffer.from(`x=${value}; more`).toString('base64')],
])('a value is hidden %s', (_where, line) => {
  const redactor = createRedactor();
  redactor.hide([value]);
  expect(redactor.text(line)).toContain('***');
  expect(Buffer.from(redactor.bytes(Buffer.from(line))).toString()).toBe(redactor.text(line));
  // Neither the value nor the greater part of its base64 is left.
  expect(redactor.text(line)).not.toContain(value);
  expect(redactor.text(line).length).toBeLessThan(line.length - value.length / 2);
});

test.each(['', 'u', 'us', 'user:', `${'{"auths":{"registry.example.com":{"auth":"'}`])(
  'base64 in lines of 76 and of 64 characters tells nothing of a value behind %j',
  (before) => {
    const long = `${value}${'0123456789abcdefghijklmnopqrstuvwxyz'.repeat(5)}`;
    const redactor = createRedactor();
    redactor.hideWhole([long]);
    for (const width of [76, 64, 20]) {
      const lines = Buffer.from(`${before}${long}`)
        .toString('base64')
        .match(new RegExp(`.{1,${width}}`, 'g'));
      const shown = (lines ?? [])
        .map((line) => redactor.text(line))
        .slice(Math.floor((before.length * 4) / 3 / width));
      // At most one group of four characters is left at each end of a line, and what stands in front of the value.
      const [first = '', ...others] = shown;
      expect(first.length).toBeLessThan(3 + (((before.length * 4) / 3) % width) + 8);
      for (const line of others) expect(line.replace('***', '').length).toBeLessThan(9);
    }
    expect(redactor.text('sha512-AAAAAAAAAAAA0123456789abcdefghijklmno/+==')).toContain('AAAA0123456789abc');
  },
);

const token = 'tok_9fA3kQ7xV2mB8wZ1nC5rT6yU';
const key = Array.from(
  { length: 40 },
  (_unused, line) => `${line}mIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA${line}`,
);

test.each<[what: string, lines: readonly string[]]>([
  ['hexadecimal digits', [Buffer.from(token).toString('hex')]],
  ['capital digits', [Buffer.from(`x${token}`).toString('hex').toUpperCase()]],
  [
    'bytes apart',
    [
      Buffer.from(token)
        .toString('hex')
        .replaceAll(/..(?!$)/g, '$& '),
    ],
  ],
  [
    'bytes with colons',
    [
      Buffer.from(token)
        .toString('hex')
        .replaceAll(/..(?!$)/g, '$&:'),
    ],
  ],
  [
    'escapes',
    [
      Buffer.from(token)
        .toString('hex')
        .replaceAll(/../g, String.raw`\x$&`),
    ],
  ],
  ['a percent sign for every byte', [Buffer.from(token).toString('hex').replaceAll(/../g, '%$&')]],
  [
    'a dump of two bytes each',
    [
      `00000000: ${Buffer.from(token)
        .toString('hex')
        .replaceAll(/....(?!$)/g, '$& ')}`,
    ],
  ],
  ['JSON in JSON in JSON', [JSON.stringify(JSON.stringify(JSON.stringify({ token })))]],
  ['two lines', [`TOKEN=${token.slice(0, 14)}`, token.slice(14)]],
  ['a key that is cut off', [`key: ${key.join('\\n').slice(0, 500)}`]],
  ['a key in lines of another width', key.join('').match(/.{1,80}/g) ?? []],
  ['base64 of a key in one line', [Buffer.from(key.join('\n')).toString('base64')]],
  [
    'base64 of a docker config in lines',
    Buffer.from(JSON.stringify({ auths: { h: { auth: Buffer.from(`u:${token}`).toString('base64') } } }))
      .toString('base64')
      .match(/.{1,76}/g) ?? [],
  ],
])('of a secret as %s nothing is shown', (_what, lines) => {
  const redactor = createRedactor();
  const auth = Buffer.from(`u:${token}`).toString('base64');
  redactor.hideWhole([token, auth, key.join('\n'), ...key]);
  for (const line of lines) {
    const shown = redactor.text(line);
    expect(shown).toContain('***');
    expect(shown.length, shown).toBeLessThan(40);
  }
});

test.each([
  'https://oauth2.googleapis.com/token',
  'Post "https://www.googleapis.com/oauth2/v1/certs": dial tcp',
  'sha256:73b3a8f0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f901234',
  'TOKEN=tok_9fA3kQ',
  'registry.example.com/:_authTok is missing',
])('what a secret has in common with %j does not hide it', (line) => {
  const redactor = createRedactor();
  redactor.hideWhole([
    token,
    '"token_uri": "https://oauth2.googleapis.com/token", "auth_provider": "https://www.googleapis.com/oauth2/v1/certs"',
    `//registry.example.com/:_authToken=${token}`,
  ]);
  expect(redactor.text(line)).toBe(line);
});

test.each([10, 14, 20])(
  'a secret across two pieces of a line is hidden, %i bytes of it in the first',
  (bytes) => {
    const redactor = createRedactor();
    redactor.hideWhole([token]);
    const lines = createLineRedactor(redactor);
    const first = `${'x'.repeat(2 * 1024 * 1024 - bytes)}${token.slice(0, bytes)}`;
    const pieces = [first, `${token.slice(bytes)} and more\n`, 'next\n', `last ${token}`];
    const shown = [...pieces.map((piece) => lines.next(Buffer.from(piece))), lines.end()];
    expect(Buffer.concat(shown).toString()).toBe(
      `${'x'.repeat(2 * 1024 * 1024 - bytes)}*** and more\nnext\nlast ***`,
    );
  },
);

test(
  'a key of ten thousand lines is known at once, and its parts are found at once',
  { timeout: 20_000 },
  () => {
    const redactor = createRedactor();
    const lines = Array.from(
      { length: 10_000 },
      (_unused, line) => `${line}${'ab1'.repeat(20)}${line * 7_919}`,
    );
    redactor.hideWhole([lines.join('\n'), ...lines]);
    expect(redactor.text(lines[4_711]!)).toBe('***');
    expect(redactor.text('ab1'.repeat(1_000_000)).length).toBeLessThan(3_000_001);
  },
);

test('values that overlap leave no part of one behind', () => {
  const redactor = createRedactor();
  redactor.hide(['abcdefgh', 'cdefghijkl']);
  expect(redactor.text('x abcdefghijkl y')).toBe('x *** y');
});

test('a key of thousands of lines costs a line of the log no more than a short one', () => {
  const redactor = createRedactor();
  redactor.hideWhole(Array.from({ length: 5_000 }, (_unused, line) => `line-${line * 7_919}-of-the-key`));
  expect(redactor.text('cat: line-7919-of-the-key')).toBe('cat: ***');
  expect(redactor.text('l'.repeat(4_000_000))).toHaveLength(4_000_000);
});

test('every text in an event is redacted, and an event without secrets is the same object', () => {
  const redactor = createRedactor();
  redactor.hide(['the-secret']);
  const event = {
    type: 'notice',
    lines: ['a the-secret'],
    step: { instruction: 'RUN the-secret' },
    count: 3,
  };
  expect(redactDeep(event, redactor)).toEqual({
    type: 'notice',
    lines: ['a ***'],
    step: { instruction: 'RUN ***' },
    count: 3,
  });
  const clean = { type: 'notice', lines: ['a'] };
  expect(redactDeep(clean, redactor)).toBe(clean);
});
