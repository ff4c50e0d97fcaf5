import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { createTestIo, type TestIoOptions } from '../testing/test-io.ts';

/** Four real builds at once, one of which fails. */
const recorded = fileURLToPath(new URL('../../fixtures/recorded-run.ndjson', import.meta.url));

async function replay(line: string, options: TestIoOptions = {}) {
  const { io, out, err } = createTestIo(options);
  const code = await main(['replay', ...line.replace('RECORDED', recorded).split(' ')], io);
  return { code, out: out(), err: err() };
}

describe('a recorded run', () => {
  test('as plain lines: every build, its end, and the summary', async () => {
    const { code, out, err } = await replay('RECORDED --speed max');
    const lines = out.split('\n');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(lines[0]).toMatch(
      /^run \S+ on sandbox kanikit-sandbox\/default: hello, multi-stage, failing, cached$/,
    );
    for (const name of ['hello', 'multi-stage', 'cached']) {
      const own = lines.filter((line) => line.startsWith(`[${name}`));
      expect(own.at(-1)).toMatch(new RegExp(`^\\[${name}\\] BUILT \\S+@sha256:\\w{64} in `));
      expect(own.filter((line) => line.includes('] pushing '))).toHaveLength(1);
      expect(own.filter((line) => line.includes('] push '))).toEqual([]);
      // Pushing is no step of the Dockerfile.
      expect(
        own.filter((line) => /^\[\S+ [\d/]+\] (?:pushing|pushed|executor ended|BUILT)/.test(line)),
      ).toEqual([]);
    }
    expect(out).toContain('] main.c:3: error: expected');
    expect(out).toMatch(/\n3 built, 1 failed in /);
    expect(out).not.toMatch(/waiting: (?:\n|$)/);
    expect(out).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });

  test('as JSON: the very lines of the file', async () => {
    const { out } = await replay('RECORDED --speed max --progress json');
    expect(out).toBe(readFileSync(recorded, 'utf8'));
  });

  test('as results only: image@digest, and the failure on standard error', async () => {
    const { code, out, err } = await replay('RECORDED --speed max -q');
    expect(code).toBe(0);
    expect(out).toMatch(/^(?:\S+\/samples\/[a-z-]+:1@sha256:\w{64}\n){3}$/);
    expect(err).toMatch(/^FAILED failing .*\| main\.c:3: error/s);
  });

  test('from standard input, and cut off in the middle', async () => {
    const input = readFileSync(recorded).subarray(0, 30_000);
    const { code, out } = await replay('- --speed max', { input });
    expect(code).toBe(0);
    expect(out).toMatch(/\n0 built, \d not ended in /);
  });

  test('at a speed', async () => {
    expect((await replay('RECORDED --speed 1000')).out).toMatch(/\n3 built, 1 failed in /);
  });
});

test.each([
  ['{"v":1}\n', 'line 1: it is not an event'],
  [`${readFileSync(recorded, 'utf8').split('\n')[0]}\nINFO[0000] no event\n`, 'line 2: it is not JSON'],
  ['', 'line 1: there is no event in it'],
])('what is no recorded run ends with 2 and the line: %#', async (input, problem) => {
  const { code, err } = await replay('- --speed max', { input });
  expect(code).toBe(2);
  expect(err).toContain(problem);
});
