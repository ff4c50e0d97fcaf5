import { KanikitError, type KanikitErrorCode } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';

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
    pattern:
      /proxy CONNECT aborted|(?:CONNECT tunnel failed, response|received HTTP code) 5\d\d|could not resolve proxy/i,
    what: 'the proxy gives no connection',
    hint: 'Check the address of the proxy, or name the host in NO_PROXY.',
    retryable: true,
  },
  {
    code: 'git-unreachable',
    pattern: /(?:CONNECT tunnel failed, response|received HTTP code) [34]\d\d/i,
    what: 'the proxy refuses the connection',
    hint: 'Allow the host at the proxy and give its credentials, or name the host in NO_PROXY.',
  },
  {
    code: 'git-failed',
    pattern:
      /SSL_(?:read|write|connect): (?:connection|SSL_ERROR_(?:SYSCALL|ZERO_RETURN))|unexpected eof while reading|non-properly terminated|in the (?:pull|push) function|SSL connection timeout/i,
    what: 'the connection broke off',
    hint: 'Try again.',
    retryable: true,
  },
  {
    code: 'git-unreachable',
    pattern: /certificate (?:has|is) expired|certificate expired|expired certificate/i,
    what: 'the certificate of the server has expired',
    hint: 'Renew the certificate of the server. If it is new, check the clock of this machine.',
  },
  {
    code: 'git-unreachable',
    pattern: /certificate is not (?:yet valid|yet activated|valid yet)/i,
    what: 'the certificate of the server is not valid yet',
    hint: 'Check the clock of this machine, and the first day of the certificate.',
  },
  {
    code: 'git-unreachable',
    pattern:
      /no alternative certificate subject name|certificate subject name|does not match (?:target host name|the expected)|certificate owner does not match/i,
    what: 'the certificate of the server is made for other host names',
    hint: 'Use one of the names that the certificate has, or renew it with this name.',
  },
  {
    code: 'git-unreachable',
    pattern: /certificate (?:was |has been |is )?revoked/i,
    what: 'the certificate of the server was revoked by its authority',
    hint: 'Do not use the server before it has a new certificate.',
  },
  {
    code: 'git-unreachable',
    pattern: /certificate|server verification failed|host key verification failed/i,
    what: 'the server is not trusted',
    hint: 'Name the authority of a private certificate with `access.git.certificateAuthorities`; accept the host key with ssh once.',
  },
  {
    code: 'git-unreachable',
    pattern: /\bssl\b|\btls\b|ssl_|gnutls|schannel/i,
    what: 'the server and git can not agree on an encrypted connection',
    hint: 'Check the port, and which versions of TLS the server speaks.',
  },
  {
    code: 'git-unreachable',
    pattern:
      /could not resolve|name or service not known|name resolution|failed to connect|couldn't connect|could not connect|connection refused|timed out|timeout was reached|network is unreachable|no route to host/i,
    what: 'the server can not be reached',
    hint: 'Check address, network and proxy.',
    retryable: true,
  },
  {
    code: 'git-failed',
    pattern:
      /returned error: (?:429|5\d\d)|early eof|hung up unexpectedly|unexpected disconnect|connection (?:reset|closed|was reset|died)|recv failure|send failure|not closed cleanly|transfer closed|empty reply|operation too slow|rpc failed|could not read from remote/i,
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
  const plain = plainWords(stderr);
  const found = explanations.find(({ pattern }) => pattern.test(plain));
  return new KanikitError({
    code: found?.code ?? 'git-failed',
    message: asSentence(
      `${doing}: ${[found?.what ?? 'git failed', words].filter((part) => part !== '').join(': ')}`,
    ),
    hint: found?.hint ?? 'Try the same with git clone.',
    retryable: found?.retryable ?? false,
  });
}

/** What git, curl and ssh say, without addresses, paths, hosts, users, refs and branches: these can hold any word that a rule looks for. */
function plainWords(stderr: string): string {
  return stderr
    .replaceAll(/(?<!\S)\S+:\/\/\S+/g, '')
    .replaceAll(/(?<!\w)(?:'[^'\n]*'|"[^"\n]*")(?!\w)/g, '')
    .replaceAll(
      /\b(could not resolve (?:host(?:name)?|proxy):?|connect to(?: host)?|remote ref|remote branch|connection (?:closed|reset) by|to repository|host key for) (?![0-9a-f]{40}\b)\S+/gi,
      '$1 …',
    )
    .replaceAll(/(?<!\S)[^\s:]*@\S+/g, '')
    .replaceAll(/(?<!\S)\S*\/\S*/g, '');
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
