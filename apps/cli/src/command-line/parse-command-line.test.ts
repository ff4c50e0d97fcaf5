import { describe, expect, test } from 'vitest';
import { usageProblem } from '../testing/usage-problem.ts';
import { commands } from './commands.ts';
import { parseCommandLine } from './parse-command-line.ts';

function parse(line: string, env: Readonly<Record<string, string>> = {}) {
  return parseCommandLine(line === '' ? [] : line.split(' '), commands, env);
}

function valuesOf(line: string, env: Readonly<Record<string, string>> = {}) {
  const parsed = parse(line, env);
  if (parsed.kind !== 'run') throw new Error(`it is ${parsed.kind}`);
  return parsed.values;
}

describe('what is asked for', () => {
  test.each([
    ['', 'overview'],
    ['--help', 'overview'],
    ['-h', 'overview'],
    ['help', 'overview'],
    ['--version', 'version'],
    ['-v', 'version'],
    ['version', 'run'],
    ['help build', 'help'],
    ['build --help', 'help'],
    ['build -h', 'help'],
    ['build . --bogus --help', 'help'],
    ['build . -t a -- --help', 'run'],
  ])('%s → %s', (line, kind) => {
    expect(parse(line).kind).toBe(kind);
  });
});

describe('refuses', () => {
  test.each([
    ['biuld .', 'Unknown command "biuld". | Did you mean "kanikit build"?'],
    ['xyzzy', 'Unknown command "xyzzy". | Run "kanikit --help" for all commands.'],
    ['__proto__', 'Unknown command "__proto__". | Run "kanikit --help" for all commands.'],
    ['--bogus', 'Unknown flag "--bogus". | Run "kanikit --help" for all commands.'],
    ['help biuld', 'Unknown command "biuld". | Did you mean "kanikit build"?'],
    [
      'build . --tga x',
      '"kanikit build" has no flag --tga. | Did you mean --tag? Flags of the executor go after --.',
    ],
    [
      'build . --qqqqqqq',
      '"kanikit build" has no flag --qqqqqqq. | Run "kanikit build --help" for all flags. Flags of the executor go after --.',
    ],
    [
      'build . --constructor',
      '"kanikit build" has no flag --constructor. | Run "kanikit build --help" for all flags. Flags of the executor go after --.',
    ],
    [
      'build . -Z',
      '"kanikit build" has no flag -Z. | Run "kanikit build --help" for all flags. Flags of the executor go after --.',
    ],
    ['replay x --sped 2', '"kanikit replay" has no flag --sped. | Did you mean --speed?'],
    ['build . -t', '-t needs a value (NAME[:TAG]). | '],
    ['build . --memory', '--memory needs a value (AMOUNT). | '],
    [
      'build . --target --no-push',
      '--target needs a value (STAGE), but "--no-push" is the next flag. | If "--no-push" is meant as the value, write --target=--no-push.',
    ],
    [
      'build . -f -t x',
      '-f needs a value (PATH), but "-t" is the next flag. | If "-t" is meant as the value, write -f=-t.',
    ],
    ['build . --target=', '--target needs a value, got an empty one. | '],
    ['build . --no-push=maybe', '--no-push is on or off, got "maybe". | Write true or false, 1 or 0.'],
    ['build . --push=', '--push is on or off, got "". | Write true or false, 1 or 0.'],
    [
      'build . --push false',
      '--push takes its value behind an equals sign, got "false" as an argument. | Write --push=false, or ./false for a file of that name.',
    ],
    ['build . --build-arg =x', '--build-arg needs KEY=VALUE; the key is missing. | '],
    [
      'build . --progress plian',
      '--progress takes auto, tui, plain, json, quiet; got "plian". | Did you mean plain?',
    ],
    ['build . --concurrency few', '--concurrency takes a whole number, got "few". | '],
    ['build . --concurrency=-1', '--concurrency takes a whole number, got "-1". | '],
    ['build . --concurrency 1.5', '--concurrency takes a whole number, got "1.5". | '],
    [
      'build . --timeout 30',
      '--timeout takes a time such as 90s, 30m, 1h30m or 7d, at most 365d; got "30". | ',
    ],
    [
      'build . --timeout 0s',
      '--timeout takes a time such as 90s, 30m, 1h30m or 7d, at most 365d; got "0s". | ',
    ],
    [
      'build . --timeout 366d',
      '--timeout takes a time such as 90s, 30m, 1h30m or 7d, at most 365d; got "366d". | ',
    ],
    [
      'build . --platform linux/amd64 --platform linux/arm64',
      '--platform takes one value, got "linux/amd64" and "linux/arm64". | Build each platform by itself, under a tag of its own.',
    ],
    [
      'build . --registry-secret a --registry-secret b',
      '--registry-secret takes one value, got "a" and "b". | Put the registries into one secret.',
    ],
    ['build', '"kanikit build" needs an argument: CONTEXT... | Run "kanikit build --help" for examples.'],
    ['explain', '"kanikit explain" needs an argument: LOG | Run "kanikit explain --help" for examples.'],
    ['explain a b', '"kanikit explain" does not take the argument "b". | '],
    ['version now', '"kanikit version" does not take the argument "now". | '],
    ['explain a -- b', '"kanikit explain" takes nothing after --, got "b". | '],
    ['build . -o xml', '--output takes yaml, json; got "xml". | '],
  ])('%s', (line, problem) => {
    expect(usageProblem(() => parse(line))).toBe(problem);
  });
});

describe('reads', () => {
  test('flags before, between and after arguments, in every spelling', () => {
    const { args, flags } = valuesOf(
      'build -qt one ./a --tag=two -fDockerfile.ci ./b --target=x=y --no-push=false',
    );
    expect(args).toEqual(['./a', './b']);
    expect(flags).toMatchObject({
      quiet: true,
      tag: ['one', 'two'],
      file: 'Dockerfile.ci',
      target: 'x=y',
      push: true,
    });
  });

  test('values of short flags behind an equals sign', () => {
    expect(valuesOf('build . -q=false -f=ci/Dockerfile -t=a=b -dn=ci').flags).toMatchObject({
      quiet: false,
      file: 'ci/Dockerfile',
      tag: ['a=b'],
      detach: true,
      namespace: 'ci',
    });
    expect(valuesOf('build . -fx=y').flags['file']).toBe('x=y');
  });

  test('the same platform twice', () => {
    expect(valuesOf('build . --platform linux/arm64 --platform linux/arm64').flags['platform']).toBe(
      'linux/arm64',
    );
  });

  test('the last of a flag given twice, all of a list', () => {
    const { flags } = valuesOf('build . --target a --target b --insecure-registry x --insecure-registry y');
    expect(flags).toMatchObject({ target: 'b', 'insecure-registry': ['x', 'y'] });
  });

  test('pairs: with a value, without one, with an equals sign in it, with an empty one', () => {
    const { flags } = valuesOf('build . --build-arg A=1 --build-arg B --build-arg C=x=y --build-arg D=');
    expect(flags['build-arg']).toEqual({ A: '1', B: undefined, C: 'x=y', D: '' });
  });

  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['168h', 604_800_000],
    ['7d', 604_800_000],
  ])('the time %s', (text, ms) => {
    expect(valuesOf(`build . --timeout ${text}`).flags.timeout).toBe(ms);
  });

  test('a lone dash as an argument and as a value', () => {
    expect(valuesOf('build - -f -')).toMatchObject({ args: ['-'], flags: { file: '-' } });
  });

  test('what follows --, as it is', () => {
    const { passedThrough, args } = valuesOf('build . -t x -- --verbosity=debug -- --tag y');
    expect({ passedThrough, args }).toEqual({
      passedThrough: ['--verbosity=debug', '--', '--tag', 'y'],
      args: ['.'],
    });
  });

  test('the environment, where the flag is absent', () => {
    const env = { KANIKIT_BUCKET: 's3://from-env', KANIKIT_EXECUTOR: '' };
    expect(valuesOf('build .', env).flags).toMatchObject({ bucket: 's3://from-env', executor: undefined });
    expect(valuesOf('build . --bucket s3://from-flag', env).flags.bucket).toBe('s3://from-flag');
  });

  test('a value that begins with a dash and is no flag', () => {
    expect(valuesOf('build . --build-arg --opt=1').flags['build-arg']).toEqual({ '--opt': '1' });
  });
});
