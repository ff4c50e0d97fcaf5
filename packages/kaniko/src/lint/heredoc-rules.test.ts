import { describe, expect, it } from 'vitest';
import { lintForExecutor, type LintOptions } from './lint-for-executor.ts';

type Executor = Parameters<typeof lintForExecutor>[1];
const google = (version: string): Executor => ({ distribution: 'google', version });
const fork = (version: string): Executor => ({ distribution: 'osscontainertools', version });
const chainguard: Executor = { distribution: 'chainguard', version: '1.25.5' };

const lints = (steps: string, executor: Executor, options: LintOptions = {}) =>
  lintForExecutor(`FROM alpine\n${steps}\n`, executor, options);
const codes = (steps: string, executor: Executor, options: LintOptions = {}): string[] =>
  lints(steps, executor, options).map(({ code }) => code);

describe('a RUN that is a heredoc', () => {
  it.each([
    ['RUN <<EOT\nmake\nEOT', []],
    ['RUN --mount=type=cache,target=/c <<EOT\nmake\nEOT', []],
    ['RUN <<"EOT"\nmake\nEOT', ['run-heredoc-ignored']],
    ["RUN <<'EOT'\nmake\nEOT", ['run-heredoc-ignored']],
    ['RUN <<\\EOT\nmake\nEOT', ['run-heredoc-ignored']],
    ['RUN <<-EOT\n\tmake\n\tEOT', ['run-heredoc-ignored']],
    ['RUN <<-"EOT"\n\tmake\n\tEOT', ['run-heredoc-ignored']],
    ['RUN << EOT\nmake\nEOT', ['run-heredoc-ignored']],
    ['RUN 3<<EOT\nmake\nEOT', ['run-heredoc-ignored']],
    ['RUN sh <<"EOT"\nx=$(y)\necho $x\nEOT', []],
    ['RUN cat <<EOT >/x\n$A\nEOT', []],
    ['RUN <<A cat >/a && <<B cat >/b\n1\nA\n2\nB', []],
    ['RUN <<EOT\n#!/bin/sh\nmake\nEOT', []],
    ['RUN <<EOT\n#!/usr/bin/env sh\nmake\nEOT', []],
    ['RUN <<EOT\n#!/bin/sh -e\nmake\nEOT', ['run-heredoc-interpreter-ignored']],
    ['RUN <<EOT\n#!/bin/cat\nhello\nEOT', ['run-heredoc-interpreter-ignored']],
    ['RUN <<EOT\n#!/usr/bin/env python3\nprint(1)\nEOT', ['run-heredoc-interpreter-ignored']],
    ['RUN <<"EOT"\n#!/bin/cat\nhello\nEOT', ['run-heredoc-ignored']],
    [
      'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN <<EOT\nmake\nEOT',
      ['run-heredoc-interpreter-ignored'],
    ],
    ['SHELL ["/bin/sh", "-c"]\nRUN <<EOT\nmake\nEOT', []],
    ['RUN <<EOT\nx=1\necho $x\nEOT', ['run-heredoc-expanded']],
    ['RUN <<EOT\nfor f in a b; do echo ${f}; done\nEOT', ['run-heredoc-expanded']],
    ['RUN <<EOT\nread -r line </f\necho "$line"\nEOT', ['run-heredoc-expanded']],
    ['RUN <<EOT\ntouch /a\nls $(find / -name a)\nEOT', ['run-heredoc-expanded']],
    ['RUN <<EOT\nfalse || echo $?\nEOT', ['run-heredoc-expanded']],
    ['RUN <<EOT\nprintf "\\\\n"\nEOT', ['run-heredoc-expanded']],
    ['RUN <<EOT\necho $PATH ${HOME}\nEOT', []],
  ])('%j in 1.28.3: %j', (steps, expected) => {
    expect(codes(steps, fork('1.28.3'))).toEqual(expected);
    expect(codes(steps, fork('1.27.0'))).toEqual(expected);
  });

  it.each([
    ['RUN <<"EOT"\nmake\nEOT', google('1.24.0'), 'runs nothing'],
    ['RUN <<-EOT\nmake\nEOT', chainguard, 'runs nothing'],
    ['RUN cat <<EOT >/x\nhello\nEOT', google('1.24.0'), 'empty heredoc'],
    ['RUN cat <<EOT >/x\nhello\nEOT', fork('1.25.3'), 'empty heredoc'],
  ] as const)('%j in %j %s', (steps, executor, effect) => {
    expect(lints(steps, executor)).toMatchObject([
      { code: 'run-heredoc-ignored', message: expect.stringContaining(effect) as unknown },
    ]);
  });

  it('names the program that runs the lines', () => {
    const hintOf = (steps: string): string | undefined => lints(steps, fork('1.28.3'))[0]?.hint;
    expect(hintOf('RUN <<"EOT"\nmake\nEOT')).toContain('RUN sh <<"EOT".');
    expect(hintOf('RUN <<-EOT\n\tmake\n\tEOT')).toContain('RUN sh <<-"EOT".');
    expect(hintOf('RUN <<EOT\n#!/usr/bin/env python3\nprint(1)\nEOT')).toContain(
      'RUN /usr/bin/env python3 <<"EOT".',
    );
    expect(hintOf('SHELL ["/bin/bash", "-ec"]\nRUN <<"X"\nmake\nX')).toContain('RUN /bin/bash -ec <<"X".');
  });

  it('follows the SHELL of the stage below', () => {
    const text = 'FROM a AS one\nSHELL ["/bin/bash", "-c"]\nFROM one\nRUN <<EOT\nmake\nEOT\n';
    expect(lintForExecutor(text, fork('1.28.3')).map(({ code, line }) => [code, line])).toEqual([
      ['run-heredoc-interpreter-ignored', 4],
    ]);
  });
});

describe('a heredoc of COPY and ADD', () => {
  it.each([
    ['COPY <<EOF /x\nvalue=$WHO\nEOF', ['copy-heredoc-not-expanded']],
    ['ADD --chown=1 <<EOF /x\nvalue=${WHO}\nEOF', ['copy-heredoc-not-expanded']],
    ['COPY <<-EOF /x\n\tvalue=\\$WHO\n\tEOF', ['copy-heredoc-not-expanded']],
    ['COPY <<"EOF" /x\nvalue=$WHO\nEOF', []],
    ["COPY <<'EOF' /x\nvalue=$WHO\nEOF", []],
    ['COPY <<EOF /x\n5 $ and 100 %\nEOF', []],
    ['COPY <<"A" <<B /x/\n$A\nA\n$B\nB', ['copy-heredoc-not-expanded']],
  ])('%j: %j', (steps, expected) => {
    expect(codes(steps, fork('1.28.3'))).toEqual(expected);
    expect(codes(steps, fork('1.28.3'), { features: { FF_KANIKO_EXPAND_HEREDOC: true } })).toEqual([]);
  });

  it('names the feature flag where the release has it, else the release', () => {
    const hintOf = (version: string): string | undefined =>
      lints('COPY --chmod=644 <<EOF /x\n$WHO\nEOF', fork(version))[0]?.hint;
    expect(hintOf('1.28.1')).toMatch(/^Set the feature flag FF_KANIKO_EXPAND_HEREDOC, or/);
    expect(hintOf('1.28.0')).toMatch(/^Choose osscontainertools 1\.28\.1 or later with the feature flag/);
    expect(lints('COPY <<EOF /x\n$WHO\nEOF', fork('1.29.0'))).toEqual([]);
  });
});
