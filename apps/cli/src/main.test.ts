import { KanikitError } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { exitCodeOf, formatError, main } from './main.ts';
import { createTestIo } from './testing/test-io.ts';

async function run(line: string, env: Readonly<Record<string, string>> = {}) {
  const { io, out, err } = createTestIo({ env, input: '' });
  const code = await main(line === '' ? [] : line.split(' '), io);
  return { code, out: out(), err: err() };
}

describe('what needs no cluster', () => {
  test.each([
    ['', /^Build container images on Kubernetes.*Usage: kanikit COMMAND/s],
    ['--help', /Exit codes: 0 done, 1 a build failed/],
    ['help', /Usage: kanikit COMMAND/],
    ['help replay', /^Play a recorded run\n\nUsage: kanikit replay EVENTS \[flags\]/],
    ['build --help', /-t, --tag NAME\[:TAG\] +Image to push to/],
    ['--version', /^1\.2\.3\n$/],
    ['version', /^1\.2\.3\n$/],
  ])('kanikit %s', async (line, text) => {
    const { code, out, err } = await run(line);
    expect(out).toMatch(text);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe('bad usage ends with 2, and says so on standard error only', () => {
  test.each([
    ['biuld .', 'error: Unknown command "biuld".\n hint: Did you mean "kanikit build"?\n'],
    ['build . -t a --bogus-flag', 'error: "kanikit build" has no flag --bogus-flag.\n'],
    [
      'build a b -t r/x',
      'error: Which image is which is not clear: 2 contexts, but 1 image name.\n       contexts: a b\n       names: r/x\n hint: Give one -t',
    ],
    ['build . -t Bad/Name', 'error: Reading the image name "Bad/Name"'],
    [
      'build . -t r/x --progress tui',
      'error: The dashboard needs a terminal, and there is none here.\n hint: Use --progress plain.\n',
    ],
    ['build . -t r/x --kubeconfig /none/config', 'error: Looking for a cluster: /none/config does not exist'],
    ['explain /none/build.log', 'error: Reading the log /none/build.log: ENOENT'],
    ['replay /none/run.ndjson', 'error: Reading the recorded run /none/run.ndjson: ENOENT'],
    ['replay x --speed fast', 'error: --speed takes a number from 0.01 to 100000, or max; got "fast".\n'],
    ['replay x --speed 0', 'error: --speed takes a number from 0.01'],
    ['replay x --speed -1', 'error: --speed takes a number from 0.01'],
    [
      'sandbox pu',
      'error: "kanikit sandbox" takes up, status, down or reset; got "pu".\n hint: Did you mean "kanikit sandbox up"?\n',
    ],
    ['sandbox down --program x', 'error: '],
  ])('kanikit %s', async (line, text) => {
    const { code, out, err } = await run(line, { HOME: '/none' });
    expect(err).toContain(text);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

test.each([
  ['usage', 2],
  ['kubeconfig-missing', 2],
  ['flag-unsupported', 2],
  ['executor-version-invalid', 2],
  ['platform-invalid', 2],
  ['context-missing', 2],
  ['dockerfile-missing', 2],
  ['docker-config-invalid', 2],
  ['events-invalid', 2],
  ['cluster-unreachable', 3],
  ['cluster-denied', 3],
  ['sandbox-not-running', 3],
  ['executor-unavailable', 3],
  ['bucket-denied', 3],
  ['context-unreadable', 3],
] as const)('the code %s ends with %d', (code, exitCode) => {
  expect(exitCodeOf(new KanikitError({ code, message: 'm' }))).toBe(exitCode);
});

describe('an error as text', () => {
  test('has its message and hint in full, and nothing a terminal would obey', () => {
    const error = new KanikitError({
      code: 'usage',
      message: 'one\n\u001b[31mtwo\u202e',
      hint: 'do this\n\nor\u0007 that',
    });
    expect(formatError(error)).toBe('error: one\n       two<U+202E>\n hint: do this\n hint: or that\n');
  });

  test('a defect comes with its stack', () => {
    const text = formatError(new TypeError('x is\u001b[2J not a function'));
    expect(text).toMatch(
      /^kanikit stopped because of a defect of its own: TypeError: x is not a function\n +at /,
    );
    expect(formatError('just text')).toBe('kanikit stopped because of a defect of its own: just text\n');
    expect(exitCodeOf(new TypeError('x'))).toBe(1);
  });
});
