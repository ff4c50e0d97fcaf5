import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDockerfileOutline } from './parse-outline.ts';

interface Recorded {
  readonly name: string;
  readonly dockerfile: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** The stages and instruction lines of the executor's log. */
  readonly stages?: readonly {
    readonly index: number;
    readonly base: string;
    readonly baseStage: number;
    readonly steps: readonly string[];
  }[];
  readonly error?: string;
}

const google = { distribution: 'google', version: '1.24.0' } as const;
const fork = { distribution: 'osscontainertools', version: '1.28.3' } as const;
const recorded = JSON.parse(
  readFileSync(new URL('fixtures/google-1.24.0.json', import.meta.url), 'utf8'),
) as readonly Recorded[];

/** Errors of the executor that are left to it, so that nothing it might take is refused. */
const leftToExecutor = new Set(['trailing', 'heredoc copy']);
/** Triggers of an earlier stage run in the stage built on it without standing there. */
const withTriggers = new Set(['onbuild stage']);

describe('the reading of a real executor, recorded from its log', () => {
  it.each(recorded.filter(({ stages, name }) => stages !== undefined && !withTriggers.has(name)))(
    '$name',
    ({ dockerfile, buildArgs, target, stages }) => {
      const outline = parseDockerfileOutline(dockerfile, { buildArgs, target, executor: google });
      const built = outline.stages
        .filter(({ isNeeded }) => isNeeded)
        .map(({ index, base, baseStage, steps }) => ({
          index,
          base,
          baseStage: baseStage ?? -1,
          steps: steps.map(({ instruction }) => instruction),
        }));
      expect(built).toEqual(stages);
    },
  );

  it.each(recorded.filter(({ error, name }) => error !== undefined && !leftToExecutor.has(name)))(
    'refuses as it does: $name',
    ({ dockerfile, buildArgs, target }) => {
      expect(() => parseDockerfileOutline(dockerfile, { buildArgs, target, executor: google })).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^dockerfile-(?:invalid|target-unknown)$/) }),
      );
    },
  );
});

describe('steps', () => {
  it('carry position, keyword and line', () => {
    const text = '# c\nFROM scratch AS Base\n\nenv A=1 \\\n  B=2\nMAINTAINER me\nRUN <<EOF\nx\nEOF\nCMD y\n';
    expect(parseDockerfileOutline(text).stages).toEqual([
      {
        index: 0,
        name: 'base',
        base: 'scratch',
        baseStage: undefined,
        isNeeded: true,
        steps: [
          { index: 0, keyword: 'ENV', instruction: 'env A=1   B=2', line: 4 },
          { index: 1, keyword: 'RUN', instruction: 'RUN <<EOF', line: 7 },
          { index: 2, keyword: 'CMD', instruction: 'CMD y', line: 10 },
        ],
      },
    ]);
  });
});

describe('needed stages', () => {
  const diamond = [
    'FROM alpine AS base',
    'FROM base AS left',
    'FROM base AS right',
    'FROM busybox AS unused',
    'FROM scratch',
    'COPY --from=LEFT /a /a',
    'COPY --chown=0:0 --from=2 /b /b',
  ].join('\n');
  const needed = (text: string, options: Parameters<typeof parseDockerfileOutline>[1]): number[] =>
    parseDockerfileOutline(text, options).stages.flatMap(({ index, isNeeded }) => (isNeeded ? index : []));

  it.each([
    ['the default executor', {}, [0, 1, 2, 4]],
    ['the fork', { executor: fork }, [0, 1, 2, 4]],
    ['the fork before it skipped stages', { executor: { ...fork, version: '1.24.3' } }, [0, 1, 2, 3, 4]],
    ['the original', { executor: google }, [0, 1, 2, 3, 4]],
    ['a target in the fork', { executor: fork, target: 'Right' }, [0, 2]],
    ['a target in the original', { executor: google, target: 'right' }, [0, 1, 2]],
    ['several targets in the fork', { executor: fork, target: 'left,unused' }, [0, 1, 3]],
  ])('%s', (_, options, expected) => {
    expect(needed(diamond, options)).toEqual(expected);
  });

  it('follows the copies of ONBUILD triggers', () => {
    const text = 'FROM a AS one\nFROM b AS two\nONBUILD COPY --from=one /x /x\nFROM two\nENV A=1';
    expect(needed(text, { executor: fork })).toEqual([0, 1, 2]);
  });

  it('takes no image for a stage that comes later', () => {
    expect(needed('FROM later\nFROM scratch AS later\nFROM scratch', { executor: fork })).toEqual([2]);
  });

  it('refuses a list of targets in releases that take one', () => {
    expect(() => parseDockerfileOutline(diamond, { executor: google, target: 'left,right' })).toThrow(
      expect.objectContaining({ code: 'dockerfile-target-unknown', hint: expect.stringContaining('left') }),
    );
  });
});

describe('errors', () => {
  it.each<[string, string, RegExp, RegExp]>([
    [
      'a blank that is none',
      'FROM\u00A0a',
      /line 1: unknown instruction: FROM<U\+00A0>A/,
      /U\+00A0 in it only looks like a blank/,
    ],
    [
      'no Dockerfile at all',
      `SECRET=${'x'.repeat(100)}`,
      /unknown instruction: SECRET=X{9}…\.$/,
      /Known ones/,
    ],
    ['a zero-width space', '\u200bFROM a', /unknown instruction/, /U\+200B/],
    ['a misspelt instruction', 'FROM a\n\nRNU x', /line 3: unknown instruction: RNU/, /Did you mean RUN\?/],
    ['nothing', '', /no instructions/, /FROM image/],
    ['an instruction before FROM', 'ARG A\nRUN x\nFROM a', /line 2: RUN stands before/, /ARG/],
    ['a heredoc without end', 'FROM a\nRUN <<X\ny', /line 2: .*<<X has no end/, /X/],
    ['a line over 64 KiB', `FROM a\nENV A=${'x'.repeat(65_531)}`, /line 2: .*65535 bytes/, /backslash/],
    ['quotes that do not close', 'ARG A="x\nFROM $A', /line 1: the quotes/, /Close/],
    ['an unset required variable', 'FROM ${A:?name-the-base}', /line 1: .*name-the-base/, /variable/],
  ])('%s', (_, text, message, hint) => {
    expect(() => parseDockerfileOutline(text)).toThrow(
      expect.objectContaining({
        code: 'dockerfile-invalid',
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      }),
    );
  });

  it('takes a line of just under 64 KiB', () => {
    expect(() => parseDockerfileOutline(`FROM a\nENV A=${'x'.repeat(65_529)}`)).not.toThrow();
  });
});
