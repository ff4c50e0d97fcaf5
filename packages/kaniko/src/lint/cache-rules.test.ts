import { describe, expect, it } from 'vitest';
import { lintForExecutor } from './lint-for-executor.ts';

type Executor = Parameters<typeof lintForExecutor>[1];
const google = (version: string): Executor => ({ distribution: 'google', version });
const fork = (version: string): Executor => ({ distribution: 'osscontainertools', version });

const runOnly = { isOn: true, copyLayers: false, runLayers: true };
const all = { isOn: true, copyLayers: true, runLayers: true };

const codes = (text: string, executor: Executor, cache = all, features = {}): string[] =>
  lintForExecutor(text, executor, { cache, features }).map(({ code }) => code);

describe('a variable that is not in the cache key', () => {
  const stale = ['cache-variable-stale'];
  it.each<[string, Executor, typeof all, string[]]>([
    ['ARG A\nWORKDIR /$A', fork('1.28.3'), runOnly, stale],
    ['ARG A\nWORKDIR /${A:-x}', fork('1.24.0-4'), runOnly, stale],
    ['ARG A\nWORKDIR /$A', fork('1.24.0-3'), runOnly, []],
    ['ARG A\nWORKDIR /$A', google('1.24.0'), all, []],
    ['ARG A\nCOPY f /$A/f', google('1.24.0'), all, stale],
    ['ARG A\nCOPY f /$A/f', google('1.24.0'), runOnly, []],
    ['ARG A\nCOPY f /$A/f', google('1.2.0'), all, []],
    ['ARG A\nCOPY --chown=$A f /f', fork('1.28.3'), all, stale],
    ['ARG A\nADD f /$A/f', fork('1.28.3'), all, stale],
    ['ARG A\nADD f /$A/f', google('1.24.0'), all, []],
    ['ARG A\nENV B=/x/$A\nWORKDIR $B', fork('1.28.3'), runOnly, stale],
    ['ENV B=/x\nWORKDIR $B', fork('1.28.3'), runOnly, []],
    ['ARG A\nENV A=x\nWORKDIR /$A', fork('1.28.3'), runOnly, []],
    ['ARG A\nRUN echo $A\nWORKDIR /$A', fork('1.28.3'), runOnly, []],
    ['ARG A\nWORKDIR /\\$A', fork('1.28.3'), runOnly, []],
    ['ARG A\nWORKDIR /a', fork('1.28.3'), runOnly, []],
  ])('%j in %j with %j: %j', (steps, executor, cache, expected) => {
    const text = `FROM alpine\n${steps}\n`;
    expect(codes(text, executor, cache)).toEqual(expected);
    expect(codes(text, executor, { isOn: false, copyLayers: false, runLayers: false })).toEqual([]);
  });

  it('is in the key where the feature flag is set', () => {
    const text = 'FROM alpine\nARG A\nWORKDIR /$A\n';
    expect(codes(text, fork('1.28.3'), all, { FF_KANIKO_RESOLVE_CACHE_KEY: true })).toEqual([]);
  });

  it('comes with the environment of the stage below, not with its arguments', () => {
    expect(codes('FROM a AS b\nARG A\nENV B=$A\nFROM b\nWORKDIR /$B\n', fork('1.28.3'))).toEqual(stale);
    expect(codes('FROM a AS b\nARG A\nFROM b\nWORKDIR /$A\n', fork('1.28.3'))).toEqual([]);
  });
});

describe('a heredoc whose lines are not in the cache key', () => {
  it.each<[string, typeof all, object, string[]]>([
    ['1.28.3', runOnly, {}, ['cache-heredoc-stale']],
    ['1.28.3', runOnly, { FF_KANIKO_RESOLVE_CACHE_KEY: true }, []],
    // There the flag takes in variables only.
    ['1.28.0', runOnly, { FF_KANIKO_RESOLVE_CACHE_KEY: true }, ['cache-heredoc-stale']],
    ['1.25.4', runOnly, {}, ['cache-heredoc-stale']],
    ['1.28.3', { isOn: true, copyLayers: true, runLayers: false }, {}, []],
  ])('%s with %j and %j: %j', (version, cache, features, expected) => {
    expect(codes('FROM alpine\nRUN <<EOF\nmake\nEOF\n', fork(version), cache, features)).toEqual(expected);
  });

  it('of COPY counts with the cache of COPY layers', () => {
    const text = 'FROM alpine\nCOPY --chmod=644 <<"EOF" /x\nhi\nEOF\n';
    expect(codes(text, fork('1.27.0'), all)).toEqual(['cache-heredoc-stale']);
    expect(codes(text, fork('1.27.0'), runOnly)).toEqual([]);
  });
});

describe('the mark of a removed file', () => {
  const found = ['cache-copies-removal'];
  it.each([
    ['RUN rm /data/gone', 'COPY --from=one /data /data', found],
    ['RUN make && rm -rf /data/tmp/', 'COPY --from=one / /', found],
    ['WORKDIR /data\nRUN rm gone', 'COPY --from=one /data/ /data/', found],
    ['RUN <<EOF\nrm /data/gone\nEOF', 'COPY --from=0 /data /data', found],
    ['RUN rm $DIR/gone', 'COPY --from=one /data /data', found],
    ['RUN rm -rf /var/lib/apt/lists/*', 'COPY --from=one /app /app', []],
    ['RUN rm /data/gone', 'COPY --from=one /data/kept /data/kept', []],
    ['RUN rm /data/gone', 'COPY --from=other.example/image /data /data', []],
    ['RUN rm /data/gone', 'COPY data /data', []],
    ['RUN echo alarm /data/gone', 'COPY --from=one /data /data', []],
  ])('%j and %j: %j', (removal, copy, expected) => {
    const text = `FROM alpine AS one\n${removal}\nFROM alpine\n${copy}\n`;
    const onlyMarks = (executor: Executor, features = {}): string[] =>
      codes(text, executor, runOnly, features).filter((code) => code === 'cache-copies-removal');
    expect(onlyMarks(fork('1.28.3'))).toEqual(expected);
    expect(onlyMarks(google('1.24.0'))).toEqual(expected);
    expect(onlyMarks(fork('1.28.3'), { FF_KANIKO_SKIP_WRITE_WHITEOUTS: true })).toEqual([]);
  });
});
