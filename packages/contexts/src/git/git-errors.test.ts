import { describe, expect, test } from 'vitest';
import { gitError } from './git-errors.ts';

test.each<[stderr: string, code: string, retryable: boolean]>([
  [
    "remote: Repository not found.\nfatal: repository 'https://h/a.git/' not found",
    'git-repository-missing',
    false,
  ],
  [
    "fatal: 'none.git' does not appear to be a git repository\nfatal: Could not read from remote repository.",
    'git-repository-missing',
    false,
  ],
  ["fatal: could not read Username for 'https://github.com': terminal prompts disabled", 'git-denied', false],
  [
    "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://h/a.git/'",
    'git-denied',
    false,
  ],
  [
    'git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.',
    'git-denied',
    false,
  ],
  ["fatal: unable to access 'https://h/a.git/': The requested URL returned error: 403", 'git-denied', false],
  ['Host key verification failed.\nfatal: Could not read from remote repository.', 'git-unreachable', false],
  [
    "fatal: unable to access 'https://h/': server certificate verification failed. CAfile: none CRLfile: none",
    'git-unreachable',
    false,
  ],
  ["fatal: unable to access 'https://h/': Could not resolve host: h", 'git-unreachable', true],
  [
    'ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.',
    'git-unreachable',
    true,
  ],
  ["fatal: unable to access 'http://h/': The requested URL returned error: 503", 'git-failed', true],
  ['error: RPC failed; curl 18 transfer closed\nfatal: early EOF', 'git-failed', true],
  [
    'fatal: remote error: upload-pack: not our ref 0123456789012345678901234567890123456789',
    'git-commit-missing',
    false,
  ],
  ['error: Server does not allow request for unadvertised object 0123', 'git-commit-missing', false],
  ["fatal: couldn't find remote ref refs/heads/none", 'git-ref-missing', false],
  [
    "fatal: unable to access 'https://ssl.h/certificate/': The requested URL returned error: 502",
    'git-failed',
    true,
  ],
  ['fatal: something new', 'git-failed', false],
  [
    "fatal: unable to access 'https://h/': OpenSSL SSL_read: Connection reset by peer, errno 104",
    'git-failed',
    true,
  ],
  [
    "fatal: unable to access 'https://h/': OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to h:443",
    'git-failed',
    true,
  ],
  [
    'error: RPC failed; curl 56 GnuTLS recv error (-110): The TLS connection was non-properly terminated.',
    'git-failed',
    true,
  ],
  [
    "fatal: unable to access 'https://h/': error:0A00010B:SSL routines::wrong version number",
    'git-unreachable',
    false,
  ],
  ["fatal: unable to access 'https://h/': CONNECT tunnel failed, response 407", 'git-unreachable', false],
  ["fatal: unable to access 'https://h/': CONNECT tunnel failed, response 503", 'git-unreachable', true],
  ["fatal: unable to access 'https://h/': Operation timed out after 300 ms", 'git-unreachable', true],
])('%s', (stderr, code, retryable) => {
  expect(gitError('cloning "x"', stderr)).toMatchObject({
    code,
    retryable,
    hint: expect.stringMatching(/\w/) as string,
  });
});

test.each([
  ['SSL certificate problem: certificate has expired', /has expired: /],
  [
    'server verification failed: certificate is not yet activated. (CAfile: none CRLfile: none)',
    /not valid yet: /,
  ],
  [
    "SSL: no alternative certificate subject name matches target host name 'h'",
    /made for other host names: /,
  ],
  ['SSL certificate problem: certificate revoked', /was revoked/],
  ['SSL certificate problem: self-signed certificate in certificate chain', /not trusted: /],
  ['SSL certificate problem: unable to get local issuer certificate', /not trusted: /],
])('a certificate: %s', (words, meaning) => {
  expect(gitError('cloning "x"', `fatal: unable to access 'https://h/': ${words}`).message).toMatch(meaning);
});

const names = [
  'ssl',
  'tls',
  'certificate',
  '404',
  'timeout',
  'early-eof',
  'schannel',
  'gnutls',
  'could not resolve',
];

describe.each(names)('something called "%s"', (name) => {
  const host = name.replaceAll(' ', '-');
  test.each<[stderr: string, code: string, retryable: boolean]>([
    [
      `fatal: unable to access 'https://${host}/${host}/': Could not resolve host: ${host}`,
      'git-unreachable',
      true,
    ],
    [`ssh: Could not resolve hostname ${host}: Name or service not known`, 'git-unreachable', true],
    [`ssh: connect to host ${host} port 22: Connection refused`, 'git-unreachable', true],
    [`Connection closed by ${host} port 22`, 'git-failed', true],
    [`${host}@${host}: Permission denied (publickey).`, 'git-denied', false],
    [`fatal: couldn't find remote ref ${host}`, 'git-ref-missing', false],
    [
      `warning: Could not find remote branch ${host} to clone.\nfatal: Remote branch ${host} not found in upstream origin`,
      'git-ref-missing',
      false,
    ],
    [`fatal: repository '/srv/${name}' does not exist`, 'git-repository-missing', false],
    [`fatal: could not create work tree dir '/tmp/${name}': No space left on device`, 'git-failed', false],
    [
      `fatal: unable to access 'https://h/${host}/': The requested URL returned error: 503`,
      'git-failed',
      true,
    ],
  ])('means what it means for any name: %s', (stderr, code, retryable) => {
    const { code: found, retryable: mayPass, hint } = gitError('cloning "x"', stderr);
    expect([found, mayPass]).toEqual([code, retryable]);
    expect(hint).not.toMatch(/private certificate|versions of TLS/);
  });
});

test('the words of git lose control characters, credentials and length', () => {
  const { message } = gitError(
    'cloning "x"',
    `Cloning into 'x'...\nfatal: unable to access 'https://user:hunter2@h/': \u001B[31mno\u001B[0m ${'x'.repeat(5000)}\n`,
  );
  expect(message).toMatch(/^Cloning "x": git failed: fatal: unable to access 'https:\/\/h\/': {2}\[31mno/);
  expect(message).not.toMatch(/hunter2|\u001B|Cloning into/);
  expect(message.length).toBeLessThan(700);
});
