import { KanikitError } from '@kanikit/spec';
import { describe, expect, it } from 'vitest';
import type { ExecutorOptions } from './executor-options.ts';
import { renderExecutorArguments } from './render-executor-arguments.ts';

type Executor = Parameters<typeof renderExecutorArguments>[1];
const google = (version: string): Executor => ({ distribution: 'google', version });
const fork = (version: string): Executor => ({ distribution: 'osscontainertools', version });
const chainguard = (version: string): Executor => ({ distribution: 'chainguard', version });

const render = (options: Partial<ExecutorOptions>, executor: Executor): string[] =>
  renderExecutorArguments(
    { context: 'tar://stdin', destinations: ['r.example.com/app:1'], ...options },
    executor,
  ).slice(2);

function errorOf(options: Partial<ExecutorOptions>, executor: Executor): KanikitError {
  try {
    render(options, executor);
  } catch (error) {
    if (error instanceof KanikitError) return error;
    throw error;
  }
  return expect.fail('it was taken');
}

describe('options of the image and its transfer', () => {
  it('are rendered for a release that has them all', () => {
    const options = {
      annotations: { 'org.opencontainers.image.title': 'a=b, c' },
      imageFormat: 'oci',
      compression: 'zstd',
      pushRetries: 3,
      imageDownloadRetries: 0,
    } as const;
    expect(render(options, fork('1.28.3'))).toEqual([
      '--annotation=org.opencontainers.image.title=a=b, c',
      '--image-format=oci',
      '--compression=zstd',
      '--push-retry=3',
      '--image-download-retry=0',
    ]);
  });

  it.each<[Partial<ExecutorOptions>, Executor, string]>([
    [{ imageFormat: 'oci' }, fork('1.28.0'), 'osscontainertools 1.28.1'],
    [{ imageFormat: 'oci' }, google('1.24.0'), 'osscontainertools 1.28.1'],
    [{ annotations: { a: 'b' } }, google('1.24.0'), 'osscontainertools 1.25.3'],
    [{ annotations: { a: 'b' } }, chainguard('1.25.0'), 'chainguard 1.25.1'],
    [{ compression: 'zstd' }, google('1.9.2'), 'google 1.10.0'],
    [{ pushRetries: 1 }, google('1.5.0'), 'google 1.5.1'],
    [{ imageDownloadRetries: 1 }, google('1.18.0'), 'google 1.19.0'],
  ])('%j is refused for %j, which lacks it; %s has it', (options, executor, where) => {
    expect(errorOf(options, executor)).toMatchObject({
      code: 'flag-unsupported',
      hint: expect.stringContaining(`${where} and later`) as unknown,
    });
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('%j retries are none', (pushRetries) => {
    expect(errorOf({ pushRetries }, fork('1.28.3')).code).toBe('flag-value-invalid');
  });

  it.each<[Partial<ExecutorOptions>, string]>([
    [{ compression: 'gzip' }, '--compression=zstd'],
    [{ imageFormat: 'oci' }, '--image-format=docker'],
    [{ pushRetries: 1 }, '--push-retry=2'],
    [{ imageDownloadRetries: 1 }, '--image-download-retry=2'],
    [{ annotations: { a: 'b' } }, '--annotation=a=c'],
  ])('%j contradicts %s', (options, raw) => {
    expect(errorOf({ ...options, extraArguments: [raw] }, fork('1.28.3')).code).toBe('flag-contradiction');
  });

  it('goes with raw arguments that repeat it, or add to it', () => {
    expect(render({ pushRetries: 2, extraArguments: ['--push-retry=2'] }, fork('1.28.3'))).toEqual([
      '--push-retry=2',
    ]);
    expect(render({ annotations: { a: 'b' }, extraArguments: ['--annotation=c=d'] }, fork('1.28.3'))).toEqual(
      ['--annotation=a=b', '--annotation=c=d'],
    );
  });
});

describe('a cache that is read for an image that is not pushed', () => {
  const options = { cache: true, noPush: true, extraArguments: ['--no-push-cache'] };

  it('lies beside the image, in releases that look there', () => {
    const args = renderExecutorArguments(
      { context: 'tar://stdin', destinations: ['r.example.com/app:1'], ...options },
      fork('1.25.6'),
    );
    expect(args).toContain('--destination=r.example.com/app:1');
    expect(args).toContain('--no-push-cache=true');
  });

  it.each([fork('1.25.5'), google('1.24.0'), chainguard('1.25.5')])('must be named for %j', (executor) => {
    expect(errorOf(options, executor).code).toBe('cache-repository-missing');
  });

  it('must be named where the image has no name', () => {
    expect(errorOf({ ...options, destinations: [] }, fork('1.28.3')).code).toBe('cache-repository-missing');
  });
});
