import { describe, expect, it } from 'vitest';
import type { ExecutorOptions } from './executor-options.ts';
import { preferredLogFormat, renderExecutorArguments } from './render-executor-arguments.ts';

const v9 = { distribution: 'google', version: '1.9.0' } as const;
const g = { distribution: 'google', version: '1.24.0' } as const;
const fork = { distribution: 'osscontainertools', version: '1.28.3' } as const;
const minimal = { context: 'tar://stdin', destinations: ['r.example.com/app:1'] } as const;

const render = (
  options: Partial<ExecutorOptions>,
  executor: Parameters<typeof renderExecutorArguments>[1] = fork,
) => renderExecutorArguments({ ...minimal, ...options }, executor);
const renderRaw = (raw: readonly string[], executor: Parameters<typeof renderExecutorArguments>[1] = fork) =>
  render({ extraArguments: raw }, executor).slice(2);

describe('options', () => {
  it("renders the tutorials' three arguments and nothing else", () => {
    const options = {
      dockerfile: 'Dockerfile',
      context: 'git://github.com/org/repo.git#refs/heads/main',
      destinations: ['org/app:latest'],
    };
    expect(renderExecutorArguments(options, fork)).toEqual([
      '--dockerfile=Dockerfile',
      '--context=git://github.com/org/repo.git#refs/heads/main',
      '--destination=org/app:latest',
    ]);
  });

  it('names an image that is not pushed only for a file that holds its names', () => {
    expect(render({ noPush: true })).toEqual(['--context=tar://stdin', '--no-push=true']);
    const named = ['--context=tar://stdin', '--destination=r.example.com/app:1', '--no-push=true'];
    expect(render({ noPush: true, extraArguments: ['--tar-path=/out/a.tar'] })).toEqual([
      ...named,
      '--tar-path=/out/a.tar',
    ]);
    expect(render({ noPush: true, imageNameWithDigestFile: '/out/names' })).toEqual([
      ...named,
      '--image-name-with-digest-file=/out/names',
    ]);
  });

  it.each([
    ['--cache=0', '--cache=0'],
    ['--cache=False', '--cache=False'],
    ['--cache', '--cache=true'],
  ])('reads %s of raw arguments as the executor does', (raw, rendered) => {
    expect(renderRaw([raw, '--cache-repo=r/c'])).toEqual([rendered, '--cache-repo=r/c']);
    expect(render({ cache: true, extraArguments: [raw] }).filter((arg) => arg.startsWith('--cache'))).toEqual(
      [rendered],
    );
  });

  it.each(['--cache=off', '--cache=', '--cache=tRUE'])('refuses %s', (raw) => {
    expect(() => renderRaw([raw])).toThrow(expect.objectContaining({ code: 'flag-value-invalid' }));
  });

  it('renders everything', () => {
    const args = render({
      dockerfile: 'docker/Dockerfile',
      contextSubPath: 'app',
      git: { branch: 'main', depth: '1' },
      destinations: ['a/b:1', 'a/b:2'],
      target: 'final',
      platform: 'linux/aarch64/9',
      buildArgs: { A: 'x=y z', EMPTY: '', SKIPPED: undefined },
      labels: { 'org.example.a': '1,2' },
      cache: { repository: 'a/cache', copyLayers: true, ttl: '6h30m' },
      insecureRegistries: ['localhost:5000', '10.0.0.1:5000'],
      snapshotMode: 'redo',
      tarPath: '/out/image.tar',
      digestFile: '/dev/termination-log',
      imageNameWithDigestFile: '/out/names',
      imageNameTagWithDigestFile: '/out/tags',
      verbosity: 'debug',
      logFormat: 'json',
      logTimestamp: true,
      force: true,
    });
    expect(args).toEqual([
      '--dockerfile=docker/Dockerfile',
      '--context=tar://stdin',
      '--context-sub-path=app',
      '--git=branch=main',
      '--git=depth=1',
      '--destination=a/b:1',
      '--destination=a/b:2',
      '--target=final',
      '--custom-platform=linux/arm64/v9',
      '--build-arg=A=x=y z',
      '--build-arg=EMPTY=',
      '--label=org.example.a=1,2',
      '--cache=true',
      '--cache-repo=a/cache',
      '--cache-copy-layers=true',
      '--cache-ttl=6h30m',
      '--insecure-registry=localhost:5000',
      '--insecure-registry=10.0.0.1:5000',
      '--snapshot-mode=redo',
      '--tar-path=/out/image.tar',
      '--digest-file=/dev/termination-log',
      '--image-name-with-digest-file=/out/names',
      '--image-name-tag-with-digest-file=/out/tags',
      '--verbosity=debug',
      '--log-format=json',
      '--log-timestamp=true',
      '--force=true',
    ]);
  });

  it('spells flags as releases up to 1.9.0 do', () => {
    const options = { snapshotMode: 'time', tarPath: '/x.tar', platform: 'linux/amd64' } as const;
    expect(render(options, v9).slice(2)).toEqual([
      '--customPlatform=linux/amd64',
      '--snapshotMode=time',
      '--tarPath=/x.tar',
    ]);
    expect(render(options, { ...v9, version: '1.9.1' }).slice(2)).toEqual([
      '--custom-platform=linux/amd64',
      '--snapshot-mode=time',
      '--tar-path=/x.tar',
    ]);
  });

  it('gives a bare path the prefix without which the sub path is ignored', () => {
    expect(render({ context: '/workspace', contextSubPath: 'a' })).toContain('--context=dir:///workspace');
    expect(render({ context: '/workspace' })).toContain('--context=/workspace');
    expect(render({ context: '$(CONTEXT)', contextSubPath: 'a' })).toContain('--context=$(CONTEXT)');
  });

  it('asks for json where the release can choose', () => {
    expect(preferredLogFormat(fork)).toBe('json');
    expect(preferredLogFormat({ distribution: 'google', version: '0.17.1' })).toBeUndefined();
  });
});

describe('raw arguments', () => {
  it.each<[string, string[], string[]]>([
    ['an equals sign', ['--cache-ttl=6h'], ['--cache-ttl=6h']],
    ['two words', ['--cache-ttl', '6h'], ['--cache-ttl=6h']],
    ['a bare boolean', ['--reproducible'], ['--reproducible=true']],
    ['a boolean that is off', ['--compressed-caching=false'], ['--compressed-caching=false']],
    ['a short flag', ['-v', 'debug'], ['--verbosity=debug']],
    ['a short flag with its value', ['-vdebug'], ['--verbosity=debug']],
    ['a short flag with an equals sign', ['-v=debug'], ['--verbosity=debug']],
    ['an empty value', ['--credential-helpers='], ['--credential-helpers=']],
    ['a value with line breaks', ['--build-arg=A=1\n2=3'], ['--build-arg=A=1\n2=3']],
    ['a value like a flag', ['--build-arg', '--x=1'], ['--build-arg=--x=1']],
    ['lists', ['--ignore-path=/a', '--ignore-path', '/b'], ['--ignore-path=/a', '--ignore-path=/b']],
    ['the last of single values', ['--compression=gzip', '--compression=zstd'], ['--compression=zstd']],
    ['numbers as Go writes them', ['--push-retry=0x1_0'], ['--push-retry=0x1_0']],
    ['an old spelling as the new one', ['--snapshotMode=redo'], ['--snapshot-mode=redo']],
  ])('takes %s', (_, raw, expected) => {
    expect(renderRaw(raw)).toEqual(expected);
  });

  it('takes a new spelling as the old one where the release has only that', () => {
    expect(renderRaw(['--snapshot-mode=redo'], v9)).toEqual(['--snapshotMode=redo']);
  });

  it('replaces single values that the options gave, and adds to lists', () => {
    const options = { verbosity: 'info', cache: { ttl: '1h' }, buildArgs: { A: '1' } };
    const args = render({ ...options, extraArguments: ['-v=debug', '--cache-ttl=2h', '--build-arg=B=2'] });
    expect(args.slice(2)).toEqual([
      '--build-arg=A=1',
      '--cache=true',
      '--verbosity=debug',
      '--cache-ttl=2h',
      '--build-arg=B=2',
    ]);
  });

  it.each<[string, string[], string, RegExp]>([
    ['a misspelt flag', ['--cach=true'], 'flag-unknown', /--cache\b/],
    ['a short flag there is not', ['-x'], 'flag-unknown', /./],
    ['a flag of others', ['--privileged'], 'flag-unknown', /./],
    ['a boolean in two words', ['--cache', 'true'], 'executor-argument-invalid', /--cache=true/],
    ['a word', ['build'], 'executor-argument-invalid', /--flag=value/],
    ['a lone dash', ['-'], 'executor-argument-invalid', /./],
    ['two dashes', ['--'], 'executor-argument-invalid', /./],
    ['a missing value', ['--cache-repo'], 'flag-value-missing', /--cache-repo=value/],
    ['the context', ['--context=.'], 'flag-reserved', /context/],
    ['a short reserved flag', ['-d', 'x'], 'flag-reserved', /destinations/],
    ['an old spelling of a reserved flag', ['--customPlatform=x'], 'flag-reserved', /platform/],
    ['help', ['--help'], 'flag-reserved', /builds nothing/],
    ['short help', ['-h'], 'flag-reserved', /builds nothing/],
    ['a bad boolean', ['--cache=yes'], 'flag-value-invalid', /true or false/],
    ['a bad duration', ['--cache-ttl=2d'], 'flag-value-invalid', /duration/],
    ['a bad number', ['--push-retry=many'], 'flag-value-invalid', /number/],
    ['a bad choice', ['--compression=xz'], 'flag-value-invalid', /gzip, zstd/],
    ['a map without equals sign', ['--registry-map=x'], 'flag-value-invalid', /key=value/],
    ['a pair without equals sign', ['--label=x'], 'flag-value-invalid', /key=value/],
  ])('refuses %s', (_, raw, code, hint) => {
    expect(() => renderRaw(raw)).toThrow(
      expect.objectContaining({ code, hint: expect.stringMatching(hint) }),
    );
  });
});

describe('what the release does not have', () => {
  it.each<[string, Partial<ExecutorOptions>, { distribution: 'google'; version: string }, RegExp]>([
    ['--log-format', { logFormat: 'json' }, { ...g, version: '0.17.0' }, /google 0\.18\.0/],
    ['--secret', { extraArguments: ['--secret=id=a'] }, g, /osscontainertools 1\.26\.3/],
    ['--label', { labels: { a: 'b' } }, { ...g, version: '0.18.0' }, /0\.19\.0/],
    ['--context-sub-path', { contextSubPath: 'a' }, { ...g, version: '0.19.0' }, /0\.20\.0/],
    ['--custom-platform', { platform: 'linux/arm64' }, { ...g, version: '1.3.0' }, /1\.9\.1/],
  ])('names %s, the executor and since when', (flag, options, executor, hint) => {
    expect(() => render(options, executor)).toThrow(
      expect.objectContaining({
        code: 'flag-unsupported',
        message: expect.stringMatching(new RegExp(`Kaniko ${executor.version} \\(google\\) has no ${flag}`)),
        hint: expect.stringMatching(hint),
      }),
    );
  });

  it('refuses a second destination where the last would win', () => {
    expect(() => render({ destinations: ['a', 'b'] }, { ...g, version: '0.1.0' })).toThrow(
      expect.objectContaining({ code: 'flag-repeated' }),
    );
  });
});

describe('combinations', () => {
  it.each<[string, Partial<ExecutorOptions>, string]>([
    ['no destination', { destinations: [] }, 'destination-missing'],
    ['cache without push and repository', { noPush: true, cache: true }, 'cache-repository-missing'],
    ['an empty context', { context: '' }, 'context-missing'],
    [
      'a file of names without a name',
      { destinations: [], noPush: true, imageNameWithDigestFile: '/x' },
      'flag-combination-invalid',
    ],
    [
      'zstd in docker format',
      { extraArguments: ['--compression=zstd', '--image-format=docker'] },
      'flag-combination-invalid',
    ],
    [
      'a tar in OCI format',
      { tarPath: '/x', extraArguments: ['--image-format=oci'] },
      'flag-combination-invalid',
    ],
    [
      'a tar with zstd',
      { tarPath: '/x', extraArguments: ['--compression=zstd'] },
      'flag-combination-invalid',
    ],
    ['a strange platform', { platform: 'linux/arm64/v8/x' }, 'platform-invalid'],
    ['several platforms', { platform: 'linux/amd64, linux/arm64' }, 'platform-invalid'],
    ['a label without a name', { labels: { '': 'x' } }, 'flag-value-invalid'],
    ['a build arg with an equals sign in its name', { buildArgs: { 'A=B': 'x' } }, 'flag-value-invalid'],
  ])('refuses %s', (_, options, code) => {
    expect(() => render(options)).toThrow(expect.objectContaining({ code }));
  });

  it.each<[string, Partial<ExecutorOptions>]>([
    ['no push without destination', { destinations: [], noPush: true }],
    ['a named cache without push', { noPush: true, cache: { repository: 'r/cache' } }],
    ['a destination that is not pushed', { noPush: true, imageNameWithDigestFile: '/x' }],
  ])('allows %s', (_, options) => {
    expect(() => render(options)).not.toThrow();
  });

  it('allows a tar with zstd in releases without the rule', () => {
    expect(() => render({ tarPath: '/x', extraArguments: ['--compression=zstd'] }, g)).not.toThrow();
  });
});
