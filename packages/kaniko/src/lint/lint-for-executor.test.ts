import { describe, expect, it } from 'vitest';
import { baseImages } from '../dockerfile/base-images.ts';
import { parseDockerfileOutline } from '../dockerfile/parse-outline.ts';
import { lintForExecutor, type LintOptions } from './lint-for-executor.ts';

type Executor = Parameters<typeof lintForExecutor>[1];
const google = (version: string): Executor => ({ distribution: 'google', version });
const fork = (version: string): Executor => ({ distribution: 'osscontainertools', version });
const chainguard: Executor = { distribution: 'chainguard', version: '1.25.5' };

const codes = (step: string, executor: Executor, options: LintOptions = {}): string[] =>
  lintForExecutor(`FROM alpine\n${step}\n`, executor, options).map(({ code }) => code);

const runHeredoc = 'RUN <<EOF\necho hi\nEOF';
const copyHeredoc = 'COPY <<EOF /x\nhi\nEOF';

describe('lintForExecutor', () => {
  it.each<[string, Executor, string[]]>([
    [runHeredoc, google('1.9.0'), ['heredoc-unreadable']],
    [runHeredoc, google('1.9.2'), ['run-heredoc-ignored']],
    [runHeredoc, google('1.24.0'), ['run-heredoc-ignored']],
    [runHeredoc, chainguard, ['run-heredoc-ignored']],
    [runHeredoc, fork('1.25.3'), ['run-heredoc-ignored']],
    [runHeredoc, fork('1.25.4'), []],
    ['RUN echo "<<EOF"', google('1.24.0'), []],
    ['RUN ["cat", "<<EOF"]', google('1.24.0'), []],
    ['COPY * /x/', google('1.24.0'), ['copy-wildcard-takes-all']],
    ['COPY a .* /x/', google('1.9.2'), ['copy-wildcard-takes-all']],
    ['COPY *.* ? /x/', google('1.24.0'), ['copy-wildcard-takes-all', 'copy-wildcard-takes-all']],
    ['COPY . *.txt ?? a* /x/', google('1.24.0'), []],
    ['COPY --from=base * /x/', google('1.24.0'), []],
    [copyHeredoc, google('1.24.0'), ['copy-heredoc-fails']],
    [copyHeredoc, fork('1.28.3'), []],
    ['RUN --mount=type=cache,target=/c make', google('1.24.0'), ['run-mount-ignored']],
    ['RUN --mount=type=cache,target=/c make', fork('1.25.5'), ['run-mount-ignored']],
    ['RUN --mount=type=cache,target=/c make', fork('1.25.6'), ['run-mount-ignored']],
    ['RUN --mount=type=cache,target=/c make', fork('1.26.0'), []],
    ['RUN --mount=type=secret,id=a make', fork('1.26.2'), ['run-mount-ignored']],
    ['RUN --mount=type=secret,id=a make', fork('1.26.6'), ['run-mount-ignored']],
    ['RUN --mount=type=secret,id=a make', fork('1.27.0'), []],
    ['RUN --mount=target=/src make', fork('1.27.2'), ['run-mount-ignored']],
    ['RUN --mount=target=/src make', fork('1.27.6'), ['run-mount-ignored']],
    ['RUN --mount=target=/src make', fork('1.28.0'), []],
    ['RUN --mount=from=context,target=/src make', fork('1.28.0'), []],
    ['RUN --mount=type=bind,from=x,target=/src make', fork('1.28.3'), ['run-mount-ignored']],
    ['RUN --mount=type=ssh make', fork('1.28.3'), ['run-mount-ignored']],
    ['RUN --mount=type=tmpfs,target=/t make', fork('1.28.3'), ['run-mount-ignored']],
    ['RUN --network=none make', fork('1.28.3'), ['run-flag-ignored']],
    ['RUN --security=insecure make', google('1.24.0'), ['run-flag-ignored']],
    ['RUN --network=default --security=sandbox make', google('1.24.0'), []],
    ['RUN make --mount=type=cache', google('1.24.0'), []],
    ['COPY --parents a /b', google('1.24.0'), ['copy-flag-unreadable']],
    ['COPY --parents a /b', chainguard, ['copy-flag-unreadable']],
    ['COPY --parents a /b', fork('1.26.1'), ['copy-flag-unreadable']],
    ['COPY --parents a /b', fork('1.26.2'), ['copy-parents-ignored']],
    ['COPY --exclude=*.md a /b', fork('1.25.5'), ['copy-flag-unreadable']],
    ['COPY --exclude=*.md a /b', fork('1.28.3'), ['copy-exclude-ignored']],
    ['COPY --link a /b', google('1.9.0'), ['copy-flag-unreadable']],
    ['COPY --link a /b', google('1.24.0'), []],
    ['COPY --chmod=755 a /b', google('1.22.0'), ['copy-chmod-ignored']],
    ['COPY --chmod=755 a /b', google('1.23.0'), []],
    ['ADD --checksum=sha256:0 https://e.com/a /a', google('1.9.0'), ['copy-flag-unreadable']],
    ['ADD --checksum=sha256:0 https://e.com/a /a', google('1.24.0'), ['add-checksum-ignored']],
    ['ADD --checksum=sha256:0 https://e.com/a /a', fork('1.28.3'), ['add-checksum-ignored']],
    ['ADD https://e.com/a.git /a', fork('1.28.3'), ['add-git-unsupported']],
    ['ADD git@e.com:a/b.git#v1 /a', fork('1.28.3'), ['add-git-unsupported']],
    ['ADD a.tar.xz /a', fork('1.28.3'), ['add-archive-not-unpacked']],
    ['ADD a.tar.gz /a', fork('1.28.3'), []],
    ['ADD ["a.tar.xz", "/a"]', fork('1.28.3'), ['add-archive-not-unpacked']],
    ['COPY ["*", "/x/"]', google('1.24.0'), ['copy-wildcard-takes-all']],
    ['ADD https://e.com/a.git?ref=v1 /a', fork('1.28.3'), ['add-git-unsupported']],
    ['COPY --parents=false a /b', fork('1.28.3'), []],
    ['COPY --parents=false a /b', google('1.24.0'), ['copy-flag-unreadable']],
    ['COPY --chmod=u=rw,go=r a /b', fork('1.28.0'), []],
    ['COPY --chmod=u=rw,go=r a /b', fork('1.27.6'), ['copy-chmod-unreadable']],
    ['ADD --chmod=+x a /b', google('1.24.0'), ['copy-chmod-unreadable']],
    ['COPY --chmod=+x a /b', chainguard, ['copy-chmod-unreadable']],
    ['COPY --chmod=+x a /b', google('1.22.0'), ['copy-chmod-ignored']],
    ['COPY --chmod=0755 a /b', google('1.24.0'), []],
    ['COPY --chmod=$MODE a /b', google('1.24.0'), []],
    ['ARG MODE=u=x\nCOPY --chmod=$MODE a /b', google('1.24.0'), ['copy-chmod-unreadable']],
    ['ENV MODE=755\nCOPY --chmod=${MODE} a /b', google('1.24.0'), []],
    ['ARG MODE=u=x\nCOPY --chmod=$MODE a /b', fork('1.28.0'), []],
    ['COPY --chmod=rw a /b', fork('1.28.3'), ['copy-chmod-unreadable']],
    ['COPY --chmod=0o755 a /b', fork('1.28.3'), ['copy-chmod-unreadable']],
    ['RUN --mount=type=foo make', fork('1.28.3'), ['run-mount-unknown']],
    ['RUN --mount=type=foo make', google('1.24.0'), ['run-mount-ignored']],
    ['RUN --mount=type=CACHE,target=/c make', fork('1.28.3'), []],
    ['RUN --mount=type=secret,source=a,target=/b make', fork('1.28.3'), ['run-secret-source-ignored']],
    ['RUN --mount=type=cache,from=b,target=/c make', fork('1.28.3'), ['run-cache-from-ignored']],
    ['ENV A=1\nARG A=2', google('1.24.0'), ['arg-after-env-ignored']],
    ['ENV A=1\nARG A=2', fork('1.27.6'), ['arg-after-env-ignored']],
    ['ENV A=1\nARG A=2', fork('1.28.0'), []],
    ['ENV A=1\nARG A', google('1.24.0'), []],
    ['ARG TARGETARCH', google('1.24.0'), ['platform-argument-empty']],
    ['ARG TARGETARCH=amd64', google('1.24.0'), []],
    ['ARG TARGETARCH', fork('1.25.5'), ['platform-argument-empty']],
    ['ARG TARGETARCH', fork('1.25.6'), []],
    ['HEALTHCHECK CMD true', google('1.24.0'), []],
  ])('%j in %j: %j', (step, executor, expected) => {
    expect(codes(step, executor)).toEqual(expected);
  });

  it('tells line, executor and remedy, and whether the build fails', () => {
    expect(lintForExecutor(`FROM alpine\nENV A=1\n${runHeredoc}\n`, google('1.24.0'))).toEqual([
      {
        code: 'run-heredoc-ignored',
        message: 'Kaniko 1.24.0 (google) runs nothing for a RUN heredoc and reports success.',
        hint: 'Write the commands as RUN a && b, or choose osscontainertools 1.25.4 or later.',
        line: 3,
        isFatal: false,
      },
    ]);
  });

  it.each<[string, string, Executor, string[]]>([
    ['a platform', 'FROM --platform=linux/arm64 alpine', fork('1.28.3'), ['from-platform-ignored']],
    ['a platform by variable', 'FROM --platform=$BUILDPLATFORM alpine', fork('1.28.3'), []],
    ['an empty base', 'FROM $BASE', fork('1.28.3'), ['base-empty']],
    ['a stage named like its base', 'FROM alpine AS alpine', google('1.23.2'), ['stage-named-like-base']],
    ['the same where it works', 'FROM alpine AS alpine', google('1.24.0'), []],
    ['a stage built on one of its name', 'FROM a AS b\nFROM b AS b', google('1.9.2'), []],
  ])('FROM with %s', (_, text, executor, expected) => {
    expect(lintForExecutor(text, executor).map(({ code }) => code)).toEqual(expected);
  });

  it('knows the build args that are given', () => {
    expect(
      codes('ARG TARGETARCH TARGETOS', google('1.24.0'), { buildArgs: { TARGETARCH: 'amd64' } }),
    ).toEqual(['platform-argument-empty']);
  });

  it('leaves out stages that are not built, but not what keeps the file from being read', () => {
    const text = 'FROM a AS unused\nRUN --mount=type=ssh x\nCOPY --parents a /b\nFROM b\n';
    expect(lintForExecutor(text, fork('1.26.1')).map(({ code }) => code)).toEqual(['copy-flag-unreadable']);
  });

  it.each([
    ['1.9.0', []],
    ['1.9.1', ['cache-copy-layers-refused']],
    ['1.11.0', ['cache-copy-layers-refused']],
    ['1.12.0', []],
  ])('the cache of COPY layers with several stages in google %s: %j', (version, expected) => {
    const lints = lintForExecutor('FROM a AS b\nFROM c', google(version), {
      cache: { isOn: true, copyLayers: true, runLayers: true },
    });
    expect(lints.map(({ code }) => code)).toEqual(expected);
  });
});

const count = 3000;
const every = (make: (at: number) => string): string[] =>
  Array.from({ length: count }, (_unused, at) => make(at));

it.each([
  [
    'stages on stages',
    every(
      (at) =>
        `FROM ${at === 0 ? 'alpine' : `s${at - 1}`} AS s${at}\nARG B${at}\nENV A${at}=$B${at}\nRUN rm /d${at}/x\nCOPY --from=s${Math.max(0, at - 1)} /e${at} /x`,
    ),
  ],
  [
    'stages on one',
    [
      'FROM alpine AS s',
      ...every((at) => `ENV A${at}=1\nRUN rm /d${at}/x\nONBUILD COPY --from=image${at} /a /b`),
      ...every((at) => `FROM s AS t${at}\nENV Z=1\nCOPY --from=t${Math.max(0, at - 1)} /e /x`),
    ],
  ],
  ['arguments that change', ['FROM alpine', ...every((at) => `ARG V${at}\nENV A${at}=$V${at}\nADD f /$A0`)]],
])('reads very many %s in time that grows with their number', { timeout: 60_000 }, (_, lines) => {
  const executor = fork('1.27.0');
  const cache = { isOn: true, copyLayers: true, runLayers: true };
  const text = lines.join('\n');
  // Work that grows with the square of the number takes minutes.
  expect(lintForExecutor(text, executor, { cache })).toBeInstanceOf(Array);
  expect(baseImages(parseDockerfileOutline(text, { executor }))).toContain('alpine');
});
