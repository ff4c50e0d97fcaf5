import { describe, expect, test } from 'vitest';
import {
  digest,
  formats,
  header,
  type Line,
  line,
  opening,
  pushed,
  render,
  type RenderedFormat,
  runEnd,
  runStart,
  warning,
} from '../decoder/render-log.test.helper.ts';
import { explainLog } from './explain-log.ts';

const key = 'c'.repeat(64);
const otherKey = 'd'.repeat(64);

function explain(format: RenderedFormat, lines: readonly Line[], exitCode?: number) {
  return explainLog(render(format, lines), exitCode === undefined ? {} : { exitCode });
}

function steps(report: ReturnType<typeof explainLog>): string[] {
  return report.steps.map(({ instruction, outputLines }) => `${instruction} ${outputLines}`);
}

describe.each(formats)('%s', (format) => {
  const fake = (message: string, at = 2): string => header(format, message, at);

  test('a program that prints the line with which the executor ends it', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      'before',
      fake('Taking snapshot of full filesystem...'),
      'after',
      runEnd(),
      ...pushed(),
    ]);
    expect(steps(report)).toEqual(['RUN make 3']);
    expect(report.lines).toEqual({ total: 20, executor: 17, output: 3, unknown: 0 });
    expect(report.verdict).toEqual({ outcome: 'succeeded', exitCode: 0, failure: null });
  });

  test('a program that prints such a line and then fails', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      fake('Taking snapshot of full filesystem...'),
      fake('No files were changed, appending empty layer to config. No layer added to image.'),
      'last words',
      'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 9',
    ]);
    expect(steps(report)).toEqual(['RUN make 3']);
    expect(report.verdict.exitCode).toBe(9);
    expect(report.verdict.failure?.step).toEqual({ stage: 0, index: 0, instruction: 'RUN make' });
    expect(report.lines).toEqual({ total: 18, executor: 15, output: 3, unknown: 0 });
  });

  test('an executor inside the build', () => {
    const nested: Line[] = [
      ...opening('busybox', 'RUN inner'),
      ...runStart('inner'),
      'inner output',
      runEnd(2),
      line('COPY a /a', 2),
      line('Taking snapshot of files...', 2),
      ...pushed('registry.test/nested:1', 2),
    ];
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      ...nested,
      runEnd(),
      line('COPY x /x', 3),
      line('Taking snapshot of files...', 3),
      ...pushed(),
    ]);
    expect(steps(report)).toEqual([`RUN make ${nested.length}`, 'COPY x /x 0']);
    expect(report.images).toEqual([{ reference: 'registry.test/team/app:1', digest }]);
    expect(report.stages).toHaveLength(1);
    expect(report.lines.output).toBe(nested.length);
  });

  test('an executor inside the build that fails, which the build takes for good', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      ...opening('busybox', 'RUN inner'),
      ...runStart('inner'),
      'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 3',
      runEnd(),
      ...pushed(),
    ]);
    expect(report.verdict).toEqual({ outcome: 'succeeded', exitCode: 0, failure: null });
    expect(steps(report)).toEqual(['RUN make 15']);
  });

  test('an executor inside the build that fails the build', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 3',
      'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 1',
    ]);
    expect(report.verdict.exitCode).toBe(1);
    expect(steps(report)).toEqual(['RUN make 1']);
    expect(report.lines).toMatchObject({ executor: 15, output: 1 });
  });

  test('a program that prints lines of steps, pushes and cache uploads', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      fake('RUN rm -rf /'),
      fake(`Pushing layer registry.test/cache:${key} to cache now`),
      fake(`Pushing image to registry.test/cache:${key}`),
      fake(`Pushed registry.test/cache@${digest}`),
      fake('Pushing image to registry.test/fake:1'),
      fake(`Pushed registry.test/fake@${digest}`),
      fake('Deleting filesystem...'),
      fake(`Building stage 'fake' [idx: '1', base-idx: '-1']`),
      runEnd(),
      ...pushed(),
    ]);
    expect(steps(report)).toEqual(['RUN make 8']);
    expect(report.images).toHaveLength(1);
    expect(report.stages).toHaveLength(1);
  });

  test('a program that prints the executor’s last words', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 1',
      'error pushing image: no',
      'Error: unknown flag: --x',
      'panic: not really',
      'goroutine 1 [running]:',
      runEnd(),
      ...pushed(),
    ]);
    expect(report.verdict.outcome).toBe('succeeded');
    expect(steps(report)).toEqual(['RUN make 5']);
  });

  test('a program that logs in the same format', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      fake('hello'),
      fake('Copying file a to b'),
      runEnd(),
      ...pushed(),
    ]);
    expect(steps(report)).toEqual(['RUN make 2']);
    expect(report.lines.unknown).toBe(0);
  });

  test('a program that goes on logging after its end', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      fake('hello'),
      runEnd(),
      fake('bye'),
      ...pushed(),
    ]);
    expect(steps(report)).toEqual(['RUN make 2']);
    expect(report.lines.unknown).toBe(0);
  });

  test('an executor inside the build that is killed in the middle', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make || true'),
      ...opening('busybox', 'RUN inner'),
      ...runStart('inner'),
      'Killed',
      runEnd(),
      line('COPY a /a', 3),
      line('Taking snapshot of files...', 3),
      ...pushed(),
    ]);
    expect(report.verdict.outcome).toBe('succeeded');
    expect(steps(report)).toEqual(['RUN make || true 15', 'COPY a /a 0']);
    expect(report.images).toHaveLength(1);
  });

  test('a line of the executor that no release is known to print', () => {
    const report = explain(format, [...opening(), line('Something new', 1), ...pushed()]);
    expect(report.lines).toMatchObject({ total: 11, executor: 10, output: 0, unknown: 1 });
  });

  test('cache uploads while a program runs', () => {
    const cache = 'registry.test/team/app/cache';
    const report = explain(format, [
      ...opening().slice(0, -1),
      line(`Checking for cached layer ${cache}:${key}...`, 1),
      line('No cached layer found for cmd COPY a /a', 1),
      line('Unpacking rootfs as cmd COPY a /a requires it.', 1),
      line('COPY a /a', 1),
      line('Taking snapshot of files...', 1),
      ...runStart('make', 2),
      line(`Pushing layer ${cache}:${otherKey} to cache now`, 2),
      'compi\\',
      line(`Pushing image to ${cache}:${otherKey}`, 2),
      'ling',
      warning(`Retrying operation after 1s due to x`, 2),
      line(`Pushed ${cache}@${digest}`, 2),
      'no newline\\',
      runEnd(),
      ...pushed(),
    ]);
    expect(report.steps).toMatchObject([
      { instruction: 'COPY a /a', cache: 'miss' },
      { instruction: 'RUN make', cache: null, outputLines: 2 },
    ]);
    expect(report.images).toEqual([{ reference: 'registry.test/team/app:1', digest }]);
    expect(report.lines).toMatchObject({ output: 1, unknown: 0 });
  });

  test('output that arrives before its command and after the end', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('first').slice(0, 3),
      'early',
      ...runStart('first').slice(3),
      runEnd(),
      line('No files were changed, appending empty layer to config. No layer added to image.', 3),
      'late\\',
      line('COPY a /a', 3),
      line('Taking snapshot of files...', 3),
      ...runStart('second', 4, false),
      'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 2',
      'too late',
    ]);
    expect(steps(report)).toEqual(['RUN first 2', 'COPY a /a 0', 'RUN second 1']);
    expect(report.verdict.exitCode).toBe(2);
  });

  test('last words behind output without a newline', () => {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      '100%\\',
      'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 4',
    ]);
    expect(report.verdict.exitCode).toBe(4);
    expect(steps(report)).toEqual(['RUN make 1']);
  });

  test('the exit code decides against what a program printed', () => {
    const lines = [
      ...opening(),
      ...runStart('make'),
      'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 1',
    ];
    expect(explain(format, lines, 0).verdict).toEqual({ outcome: 'succeeded', exitCode: 0, failure: null });
    expect(steps(explain(format, lines, 0))).toEqual(['RUN make 1']);
  });
});

test('lines of the same format with times that can’t be the executor’s', () => {
  for (const format of formats) {
    const report = explain(format, [
      ...opening(),
      ...runStart('make', 60),
      header(format, 'Taking snapshot of full filesystem...', 3),
      header(format, 'COPY a /a', 3),
      'more',
      runEnd(70),
      ...pushed('registry.test/a:1', 71),
    ]);
    expect(steps(report)).toEqual(['RUN make 3']);
  }
});

test('a program that prints the beginning of an old log', () => {
  for (const format of formats.filter((candidate) => candidate !== 'color')) {
    const old = render(format, [...opening('busybox', 'RUN inner'), ...runStart('inner')])
      .trimEnd()
      .split('\n');
    const report = explain(format, [
      ...opening().slice(0, -1),
      line('Unpacking rootfs as cmd RUN make requires it.', 3600),
      ...runStart('make', 3600),
      ...old,
      runEnd(3601),
      ...pushed('registry.test/a:1', 3602),
    ]);
    expect(steps(report)).toEqual([`RUN make ${old.length}`]);
    expect(report.verdict.outcome).toBe('succeeded');
  }
});

test('a program that prints lines of the future', () => {
  for (const format of formats) {
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      header(format, 'Taking snapshot of full filesystem...', 9000),
      header(format, 'Something', 9000),
      runEnd(),
      ...pushed(),
    ]);
    expect(steps(report)).toEqual(['RUN make 2']);
    expect(report.verdict.outcome).toBe('succeeded');
  }
});

test('headers of the other formats are a program’s', () => {
  for (const format of formats) {
    const others = formats.filter((other) => other !== format);
    const report = explain(format, [
      ...opening(),
      ...runStart('make'),
      ...others.map((other) => header(other, 'Taking snapshot of full filesystem...', 2)),
      'INFO[0002] Taking snapshot of full filesystem...',
      'time="2026-01-02 03:04:07" level=info msg="Taking snapshot of full filesystem..."',
      '{"msg":"Taking snapshot of full filesystem...","level":"info","time":"2026-01-02T03:04:07Z"}',
      '{"level":"info", "msg":"Taking snapshot of full filesystem...", "time":"2026-01-02T03:04:07Z"}',
      runEnd(),
      ...pushed(),
    ]);
    expect(steps(report)).toEqual([`RUN make ${others.length + 4}`]);
  }
});
