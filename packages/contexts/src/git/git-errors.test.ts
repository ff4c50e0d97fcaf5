import { expect, test } from 'vitest';
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
])('%s', (stderr, code, retryable) => {
  expect(gitError('cloning "x"', stderr)).toMatchObject({
    code,
    retryable,
    hint: expect.stringMatching(/\w/) as string,
  });
});

test('the words of git lose control characters, credentials and length', () => {
  const { message } = gitError(
    'cloning "x"',
    `Cloning into 'x'...\nfatal: unable to access 'https://user:hunter2@h/': \u001B[31mno\u001B[0m ${'x'.repeat(5000)}\n`,
  );
  expect(message).toMatch(/^cloning "x": git failed: fatal: unable to access 'https:\/\/h\/': {2}\[31mno/);
  expect(message).not.toMatch(/hunter2|\u001B|Cloning into/);
  expect(message.length).toBeLessThan(700);
});
