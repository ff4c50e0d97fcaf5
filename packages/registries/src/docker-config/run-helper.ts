import { KanikitError, type RegistryCredential } from '@kanikit/spec';
import { captureProgram } from '@kanikit/toolkit/programs';
import { hideByForm } from '@kanikit/toolkit/secrets';

/** Helpers that unlock a key ring or fetch a cloud token take seconds; longer ones wait for a person who is not there. */
const helperTimeoutMs = 30_000;
const longestAnswer = 1024 * 1024;

export interface HelperCall {
  /** `ecr-login` for `docker-credential-ecr-login`. */
  readonly helper: string;
  /** What the helper is asked for. */
  readonly server: string;
  /** The file that names the helper, for errors. */
  readonly origin: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Asks a docker credential helper; undefined when it has nothing for the registry.
 *
 * Source: https://github.com/docker/docker-credential-helpers
 *
 * @throws KanikitError `credential-helper-failed`, never with what the helper answered
 */
export async function runHelper(
  call: HelperCall,
  signal: AbortSignal,
): Promise<RegistryCredential | undefined> {
  if (!/^[\w.-]+$/.test(call.helper)) throw failed(call, 'that is no name of a program');
  const { code, output, words } = await askHelper(call, signal);
  if (code !== 0) {
    // Helpers answer on stdout, failures included; there the secret may be, too, so only stderr is quoted.
    if (/credentials not found|no credentials/i.test(`${output}\n${words}`)) return undefined;
    throw failed(call, `exit code ${code}${quote(words, output)}`);
  }
  return parseAnswer(call, output);
}

function parseAnswer(call: HelperCall, output: string): RegistryCredential | undefined {
  let answer: { readonly Username?: unknown; readonly Secret?: unknown };
  try {
    answer = JSON.parse(output) as typeof answer;
  } catch {
    throw failed(call, 'its answer is not JSON');
  }
  const { Username: username, Secret: secret } = answer ?? {};
  if (typeof username !== 'string' || typeof secret !== 'string') {
    throw failed(call, 'its answer has no Username and Secret');
  }
  if (secret === '') return undefined;
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
}

async function askHelper(
  call: HelperCall,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly output: string; readonly words: string }> {
  const end = await captureProgram(
    {
      command: `docker-credential-${call.helper}`,
      args: ['get'],
      env: call.env,
      input: call.server,
      timeoutMs: helperTimeoutMs,
      longestOutput: longestAnswer,
    },
    signal,
  );
  switch (end.kind) {
    case 'ended':
      return end;
    case 'late':
      throw failed(call, `no answer within ${helperTimeoutMs / 1000} s`);
    case 'too-long':
      throw failed(call, `its answer is longer than ${longestAnswer / 1024 ** 2} MiB`);
    case 'not-started':
      throw failed(call, end.isMissing ? 'there is no such program in PATH' : end.problem);
    default:
      return end satisfies never;
  }
}

/** The first line of what a failing helper says on stderr, unless it looks like an answer with a secret; without the one of its answer. */
function quote(words: string, output: string): string {
  const [line = ''] = words.trim().split('\n');
  const isAnswer = /secret|password|token"|^\s*[{[]/i.test(line);
  if (line === '' || isAnswer) return '';
  const secret = secretOf(output);
  const safe = secret === '' ? line : line.replaceAll(secret, '***');
  return `: ${hideByForm(safe).slice(0, 200)}`;
}

/** What must not be repeated of an answer: its `Secret`, or all of it where it is one word. */
function secretOf(output: string): string {
  try {
    const { Secret: secret } = (JSON.parse(output) ?? {}) as { readonly Secret?: unknown };
    if (typeof secret === 'string') return secret.trim();
  } catch {
    // It is no JSON.
  }
  const answer = output.trim();
  return /\s/.test(answer) ? '' : answer;
}

function failed(call: HelperCall, problem: string): KanikitError {
  return new KanikitError({
    code: 'credential-helper-failed',
    message: `Asking docker-credential-${call.helper} (named in ${call.origin}) for ${call.server}: ${problem}.`,
    hint: `Install or repair the helper, log in again, or give credentials of another kind for ${call.server}.`,
  });
}
