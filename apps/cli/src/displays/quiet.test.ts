import { expect, test } from 'vitest';
import { runEvents, type Told } from '../testing/run-events.ts';
import { showEvents } from '../testing/show-events.ts';
import { createTestIo } from '../testing/test-io.ts';
import { createLineWriter } from './line-writer.ts';
import { createQuietDisplay } from './quiet.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const none = undefined;
const ended = { exitCode: 0, failure: none, durationMs: 1_000, logFile: none };

async function shown(told: readonly Told[], isSimulated = false): Promise<{ out: string; err: string }> {
  const { io, out, err } = createTestIo();
  const [writer, errors] = [io.stdout, io.stderr].map((stream) => createLineWriter(stream, () => undefined));
  const events = runEvents(['a', 'b'], told);
  const display = createQuietDisplay(writer!, errors!);
  await showEvents(
    display,
    events.map((event) => (event.type === 'run-start' ? { ...event, isSimulated } : event)),
  );
  return { out: out(), err: err() };
}

test('prints image@digest of what was built, as it is built, and nothing else', async () => {
  const images = ['r.example/b:1', 'r.example/b:2'].map((reference) => ({ reference, digest }));
  const { out, err } = await shown([
    { type: 'output', text: 'noise' },
    { type: 'build-end', build: 'b', outcome: 'succeeded', digest, images, ...ended },
    { type: 'build-end', build: 'a', outcome: 'succeeded', digest, images: [], ...ended },
    { type: 'run-end', outcome: 'succeeded', succeeded: 2, failed: 0, cancelled: 0, durationMs: 1 },
  ]);
  expect(out).toBe(`r.example/b:1@${digest}\nr.example/b:2@${digest}\n${digest}\n`);
  expect(err).toBe('');
});

test('says on standard error what failed, and what stays behind', async () => {
  const failure = {
    code: 'run-failed' as const,
    message: 'It \u001b[31mfailed.',
    hint: none,
    step: none,
    lines: ['no rule'],
    isRetryable: false,
  };
  const { out, err } = await shown([
    { type: 'build-end', outcome: 'failed', digest: none, images: [], ...ended, exitCode: 1, failure },
    { type: 'cleanup', build: 'b', target: 'pod ci/b', outcome: 'failed', message: 'forbidden' },
    { type: 'build-end', build: 'b', outcome: 'succeeded', digest, images: [], ...ended },
  ]);
  expect(out).toBe(`${digest}\n`);
  expect(err).toContain('FAILED a  1.0s\n       It failed.\n       | no rule\n');
  expect(err).toContain('left behind: pod ci/b: forbidden');
});

test('says on standard error that a push is not confirmed', async () => {
  const { out, err } = await shown([
    { type: 'notice', level: 'warning', code: 'push-unconfirmed', message: 'Not confirmed.', hint: none },
    { type: 'build-end', outcome: 'succeeded', digest, images: [], ...ended },
  ]);
  expect(out).toBe(`${digest}\n`);
  expect(err).toContain('the push is not confirmed');
  expect(err).toContain('Not confirmed.');
  expect(err).not.toContain(`@${digest}`);
});

test('says that a run is simulated', async () => {
  expect(await shown([], true)).toMatchObject({
    out: '',
    err: expect.stringMatching(/^SIMULATED/) as string,
  });
});
