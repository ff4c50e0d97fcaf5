import { KanikitError, type KanikitErrorCode } from '@kanikit/spec';

interface Explanation {
  readonly code: KanikitErrorCode;
  readonly pattern: RegExp;
  readonly what: string;
  readonly hint: string;
  readonly retryable?: boolean;
}

/** What git says, in the order of their weight: one failure is told in several lines. */
const explanations: readonly Explanation[] = [
  {
    code: 'git-denied',
    pattern:
      /authentication failed|could not read (?:username|password)|terminal prompts disabled|returned error: 40[13]|permission denied|access denied|http basic: /i,
    what: 'the server does not give access',
    hint: 'Set GIT_TOKEN, or GIT_USERNAME and GIT_PASSWORD; for ssh load a key into the agent. Some servers answer so for a repository that does not exist.',
  },
  {
    code: 'git-commit-missing',
    pattern:
      /not our ref|unadvertised object|did not send all necessary objects|no such remote ref [0-9a-f]{40}/i,
    what: 'the server does not give this commit',
    hint: 'Check the commit; one that is on no branch and no tag can be had only from servers that allow it.',
  },
  {
    code: 'git-ref-missing',
    pattern: /couldn't find remote ref|remote branch .{0,1000} not found/i,
    what: 'the repository has no such branch, tag or ref',
    hint: 'Check the name behind the #.',
  },
  {
    code: 'git-repository-missing',
    pattern:
      /repository .{0,2000}not found|repository .{0,2000}does not exist|does not appear to be a git repository|returned error: (?:404|410)|not valid: is this a git repository/i,
    what: 'the server has no such repository',
    hint: 'Check the address. Private repositories may look missing to those without access.',
  },
  {
    code: 'git-unreachable',
    pattern: /certificate|ssl|tls|host key verification failed/i,
    what: 'the server is not trusted',
    hint: 'Name the authority of a private certificate in the options of Git contexts; accept the host key with ssh once.',
  },
  {
    code: 'git-unreachable',
    pattern:
      /could not resolve|failed to connect|couldn't connect|connection refused|connection timed out|network is unreachable|no route to host/i,
    what: 'the server can not be reached',
    hint: 'Check address, network and proxy.',
    retryable: true,
  },
  {
    code: 'git-failed',
    pattern:
      /returned error: (?:429|5\d\d)|early eof|hung up unexpectedly|unexpected disconnect|connection (?:reset|closed|was reset)|transfer closed|empty reply|operation too slow|rpc failed|could not read from remote/i,
    what: 'the connection broke off',
    hint: 'Try again.',
    retryable: true,
  },
];

/** The words of git that tell most; bounded, without control characters and credentials. */
const mostCharacters = 600;

/** The error for a failed call of git: its code tells what to do about it. `doing` is as `cloning https://host/path`. */
export function gitError(doing: string, stderr: string): KanikitError {
  const words = wordsOf(stderr);
  // A host may be called ssl, a repository anything.
  const withoutUrls = stderr.replaceAll(/(?<!\S)\S+:\/\/\S+/g, '');
  const found = explanations.find(({ pattern }) => pattern.test(withoutUrls));
  return new KanikitError({
    code: found?.code ?? 'git-failed',
    message: `${doing}: ${[found?.what ?? 'git failed', words].filter((part) => part !== '').join(': ')}`,
    hint: found?.hint ?? 'Try the same with git clone.',
    retryable: found?.retryable ?? false,
  });
}

function wordsOf(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim())
    .filter((line) =>
      /^(?:fatal|error|remote|ssh|git@|[\w.-]+@|host key|kex_|.*permission denied)/i.test(line),
    );
  return [...new Set(lines)]
    .join(' / ')
    .replaceAll(/:\/\/[^\s/@]*@/g, '://')
    .slice(0, mostCharacters);
}
