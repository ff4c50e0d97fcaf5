import { findFlag } from '@kanikit/kaniko';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { createTestIo } from '../testing/test-io.ts';
import { commands } from './commands.ts';
import { executorFlagHints, foreignFlags } from './foreign-flags.ts';

const build = commands.find(({ name }) => name === 'build');
const own = new Set(Object.keys(build?.flags ?? {}));
/** Flags of Dockerfiles. */
const written = new Set(['mount', 'from']);

async function errorOf(...args: readonly string[]): Promise<string> {
  const { io, err } = createTestIo({ env: {} });
  expect(await main(['build', '.', '-t', 'r/a', ...args], io)).toBe(2);
  return err();
}

/** `docker buildx build --help` of 0.21, without what kanikit has. */
const buildx =
  'add-host allow annotation attest build-arg build-context builder cache-from cache-to call cgroup-parent check file iidfile label load metadata-file network no-cache no-cache-filter output platform progress provenance pull push quiet sbom secret shm-size ssh tag target ulimit';
/** `docker build --help` of the old builder. */
const docker =
  'compress cpu-period cpu-quota cpu-shares cpuset-cpus cpuset-mems disable-content-trust force-rm isolation m memory memory-swap rm security-opt squash';

test.each(`${buildx} ${docker}`.split(' '))('--%s of docker is a flag, or has an answer', (name) => {
  expect(own.has(name) || Object.hasOwn(foreignFlags, name)).toBe(true);
});

test('answers are sentences about flags that exist, for flags that do not', () => {
  for (const [name, answer] of [...Object.entries(foreignFlags), ...Object.entries(executorFlagHints)]) {
    expect(own.has(name), name).toBe(false);
    expect(answer, name).toMatch(/^[A-Zk][^]*\.$/);
    for (const [, behind, flag = ''] of answer.matchAll(/(-- )?--([a-z][a-z-]+)/g)) {
      expect(
        behind === undefined ? own.has(flag) || written.has(flag) : findFlag(flag) !== undefined,
        `${name}: --${flag}`,
      ).toBe(true);
    }
  }
});

describe('what is said', () => {
  test.each([
    [['--load'], 'there is no docker beside it'],
    [['--ssh', 'default'], 'Kaniko has no RUN --mount=type=ssh.'],
    [['--pull'], 'Leave it out.'],
    [['--sbom=true'], 'Kaniko makes no attestations.'],
    [['-m', '2g'], '--memory AMOUNT'],
    [['--progress=tty'], 'Did you mean tui?'],
    [['--progress', 'rawjson'], 'Did you mean json?'],
    [['--output', 'type=local,dest=out'], "docker's --output has no counterpart"],
    [['-o', '.'], "docker's --output has no counterpart"],
    [
      ['--snapshot-mode=redo'],
      'It is a flag of the executor. Write it behind --, as in: -- --snapshot-mode=full',
    ],
    [['--snapshotMode', 'redo'], 'as in: -- --snapshot-mode=full'],
    [['--single-snapshot'], 'as in: -- --single-snapshot\n'],
    [['--registry-mirror', 'm'], 'as in: -- --registry-mirror=VALUE'],
    [['--destination', 'r/a'], 'Name the image with -t.'],
    [['--dockerfile=x'], 'Name the Dockerfile with -f.'],
    [['--context', '.'], 'The context is an argument'],
    [['-c', '.'], 'The context is an argument'],
    [['--customPlatform=linux/arm64'], 'Name the platform with --platform.'],
    [['--tga', 'x'], 'Did you mean --tag?'],
  ])('%j', async (args, words) => {
    expect(await errorOf(...args)).toContain(words);
  });
});

test('behind --, a misspelt flag is suggested in its present spelling', async () => {
  const { io, err } = createTestIo({ env: {} });
  expect(await main(['build', '.', '-t', 'r/a', '--dry-run', '--', '--snapshotmode=redo'], io)).toBe(2);
  expect(err()).toContain('Did you mean --snapshot-mode?');
});
