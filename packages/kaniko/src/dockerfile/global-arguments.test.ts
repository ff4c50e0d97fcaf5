import { expect, it } from 'vitest';
import { resolveExecutor } from '../executor/resolve-executor.ts';
import { lintForExecutor } from '../lint/lint-for-executor.ts';
import { parseDockerfileOutline } from './parse-outline.ts';

it('says so where arguments double their length until no memory holds them', () => {
  const doubled = Array.from({ length: 40 }, (_unused, at) => `ARG B${at + 1}=$B${at}$B${at}`);
  const text = ['ARG B0=aaaaaaaaaaaaaaaa', ...doubled, 'FROM alpine:$B40'].join('\n');
  expect(() => parseDockerfileOutline(text)).toThrow(
    expect.objectContaining({
      code: 'dockerfile-invalid',
      message: 'Reading the Dockerfile, line 18: $B16$B16: its value has more than a million characters.',
    }),
  );
  expect(() => parseDockerfileOutline('ARG A=x\nFROM ${A}${A}')).not.toThrow();
});

it('reads very many arguments and stages in time that grows with their number', { timeout: 30_000 }, () => {
  const count = 30_000;
  const lines = Array.from({ length: count }, (_unused, at) => `ARG A${at}=$A${at - 1}`);
  const stages = Array.from({ length: count }, (_unused, at) => `FROM alpine:${at} AS s${at}`);
  const start = process.cpuUsage();
  const outline = parseDockerfileOutline([...lines, ...stages].join('\n'));
  expect(outline.stages).toHaveLength(count);
  const names = Array.from({ length: count }, (_unused, at) => `ENV A${at}=$A${at - 1}`);
  expect(lintForExecutor(['FROM alpine', ...names].join('\n'), resolveExecutor(undefined))).toEqual([]);
  // Work that grows with the square of the number takes minutes.
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(10);
});
