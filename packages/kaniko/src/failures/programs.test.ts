import { describe, expect, test } from 'vitest';
import { explainLog } from '../explain/explain-log.ts';
import { type Line, line, opening, render } from '../decoder/render-log.test.helper.ts';

const ended =
  'error building image: error building stage: failed to execute command: waiting for process to exit: ';

function failureOf(last: string, output: readonly string[], command: string) {
  const before: Line[] = [
    ...opening('alpine', 'RUN make'),
    line('RUN make', 1),
    line('Cmd: /bin/sh', 1),
    line('Args: [-c make]', 1),
    line(`Running: [${command}]`, 1),
    ...output,
  ];
  return explainLog(`${render('json', before)}${ended}${last}\n`).verdict.failure;
}

const direct = '/bin/sh -c make';
const viaTini = `/kaniko/tini -s -- ${direct}`;

describe('a program that ended', () => {
  test.each([
    ['exit status 137', 'run-killed', /most likely SIGKILL.*memory/],
    ['signal: killed', 'run-killed', /memory/],
    ['exit status 143', 'run-failed', /most likely.*SIGTERM/],
    ['exit status 139', 'run-failed', /most likely.*SIGSEGV/],
    ['exit status 134', 'run-failed', /most likely.*SIGABRT/],
    ['exit status 132', 'run-failed', /most likely.*SIGILL/],
    ['signal: segmentation fault (core dumped)', 'run-killed', /SIGSEGV/],
    ['signal: terminated', 'run-killed', /SIGTERM/],
    ['exit status 127', 'run-failed', /does not exist in the image/],
    ['exit status 126', 'run-failed', /may not be executed/],
    ['exit status 3', 'run-failed', /last lines that the command printed/],
  ])('with %s is %s', (last, code, hint) => {
    for (const command of [direct, viaTini]) {
      const failure = failureOf(last, ['words'], command);
      expect(failure).toMatchObject({ code, hint: expect.stringMatching(hint) });
      if (!/137|killed/.test(last)) expect(failure?.hint).not.toMatch(/nearly always because its memory/);
    }
  });
});

describe('a program that tini could not start', () => {
  test.each([
    ['/bin/sh', 'Exec format error', 'run-wrong-architecture'],
    ['/app/run', 'Exec format error', 'run-wrong-architecture'],
    ['/bin/sh', 'No such file or directory', 'run-shell-missing'],
    ['/usr/bin/bash', 'No such file or directory', 'run-shell-missing'],
    ['/app/run', 'No such file or directory', 'run-not-startable'],
    ['/app/run', 'Permission denied', 'run-not-startable'],
  ])('%s: %s', (program, reason, code) => {
    const words = [`[FATAL tini (12)] exec ${program} failed: ${reason}`];
    expect(failureOf('exit status 127', words, viaTini)?.code).toBe(code);
    // The words of a program that only looks like it decide nothing.
    expect(failureOf('exit status 127', words, direct)?.code).toBe('run-failed');
    expect(failureOf('exit status 127', [...words, 'more'], viaTini)?.code).toBe('run-failed');
  });
});

test('a push that is denied while DOCKER_AUTH_CONFIG shadows the mounted credentials: the variable is named', () => {
  const push = (sources: string) =>
    explainLog(
      `${render('json', [line(`credential providers by priority: [${sources}]`)])}error checking push permissions: checking push permission for "r.test/a:1": POST https://r.test/v2/a/blobs/uploads/: DENIED: no\n`,
    ).verdict.failure;
  expect(push('env:DOCKER_AUTH_CONFIG, file:/kaniko/.docker/config.json, env, google')).toMatchObject({
    code: 'push-denied',
    hint: expect.stringContaining('DOCKER_AUTH_CONFIG'),
  });
  expect(push('file:/kaniko/.docker/config.json, env, google')?.hint).not.toContain('DOCKER_AUTH_CONFIG');
});

test('a credential helper that the executor image does not have is named, and the check is not to be skipped', () => {
  const { failure } = explainLog(
    'error checking push permissions: checking push permission for "r.test/a:1": resolving authorization for r.test failed: error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``\n',
  ).verdict;
  expect(failure).toMatchObject({
    code: 'registry-credentials-unusable',
    hint: expect.stringContaining('docker-credential-desktop'),
  });
  expect(failure?.hint).not.toContain('skip');
});

test('a log that says that nothing was pushed is no push', async () => {
  const { explainWithDetails } = await import('../explain/explain-log.ts');
  const { formatExplanation } = await import('../explain/format-explanation.ts');
  const log = render('json', [
    ...opening(),
    line('Skipping push to container registry due to --no-push flag', 3),
  ]);
  expect(formatExplanation(explainWithDetails(log))).toContain('built, not pushed');
});
