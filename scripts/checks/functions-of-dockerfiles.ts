import { lintForExecutor } from '../../packages/kaniko/src/lint/lint-for-executor.ts';
import { lintFetchedContext } from '../../packages/kaniko/src/lint/lint-fetched-context.ts';
import { parseDockerfileOutline } from '../../packages/kaniko/src/dockerfile/parse-outline.ts';
import { baseImages } from '../../packages/kaniko/src/dockerfile/base-images.ts';
import type { ExecutorRelease } from '../../packages/kaniko/src/executor/resolve-executor.ts';
import { parseImageReference } from '../../packages/spec/src/image-reference.ts';
import { many, type ReadingFunction, type Shape } from './reading-function.ts';

const instructions = [
  'RUN ',
  'RUN --mount=',
  'RUN --mount=type=bind,from=a,target=/x ',
  'RUN rm ',
  'RUN <<EOF\n',
  'COPY ',
  'COPY --from=a ',
  'COPY --chmod=',
  'COPY <<EOF ',
  'ADD ',
  'ADD https://',
  'USER ',
  'ENV ',
  'ONBUILD RUN ',
  'WORKDIR ',
  'SHELL [',
].map((instruction) => `FROM a\n${instruction}`);

const shapes: Readonly<Record<string, Shape>> = {
  'stages on one another': many((index) => `FROM s${index} AS s${index + 1}\nENV a=b\n`),
  'stages that copy from each other': many(
    (index) => `FROM a AS s${index}\nCOPY --from=s${index - 1} /a /b\n`,
  ),
  'stages on a large one': (length) =>
    `FROM a AS b\n${'ONBUILD RUN x\n'.repeat(length / 28)}${'FROM b\n'.repeat(length / 14)}`,
  'copies of removed files': (length) =>
    `FROM a AS b\n${'RUN rm -rf /a/b\n'.repeat(length / 32)}FROM a\n${'COPY --from=b /c /d\n'.repeat(length / 40)}`,
  'many arguments': many((index) => `ARG a${index}\n`, 'FROM a\n'),
  'many arguments in one': many((index) => `a${index}=b `, 'FROM a\nARG '),
  'many arguments before the first stage': many(
    (index) => `ARG a${index}=$a${index - 1}\n`,
    '',
    '',
    'FROM a\n',
  ),
  'variables set anew': many(
    (index) => `ARG a${index}\nENV b${index}=$a${index}\nRUN $b${index}\n`,
    'FROM a\n',
  ),
  'variables on top of variables': many((index) => `ENV b${index}=$b${index - 1}x\n`, 'FROM a\n'),
  'many users': many((index) => `USER u${index}\nCOPY a b\nRUN c\n`, 'FROM a\n'),
  'many heredocs': many((index) => `RUN <<E${index}\necho\nE${index}\n`, 'FROM a\n'),
  'many heredocs in one': (length) => {
    const names = Array.from({ length: length / 16 }, (_unused, index) => `E${index}`);
    return `FROM a\nCOPY ${names.map((name) => `<<${name}`).join(' ')} /x/\n${names.map((name) => `a\n${name}\n`).join('')}`;
  },
  'many mounts': many(
    (index) => `--mount=type=bind,from=b${index},target=/${index} `,
    'FROM a\nRUN ',
    '',
    'x\n',
  ),
  'many lines of one instruction': many(
    (index) => `  && echo ${index} \\\n`,
    'FROM a\nRUN x \\\n',
    '',
    'x\n',
  ),
  'many comments in one instruction': many(() => '# x\n', 'FROM a\nRUN x \\\n', '', 'x\n'),
  'many exceptions': many((index) => `COPY *${index} ${index}* x/\n`, 'FROM a\n'),
};

const executors: readonly ExecutorRelease[] = [
  { distribution: 'google', version: '1.9.2' },
  { distribution: 'google', version: '1.24.0' },
  { distribution: 'osscontainertools', version: '1.28.3' },
];
const cache = { isOn: true, copyLayers: true, runLayers: true };

/** Readers of Dockerfiles and of the names in them. */
export const functionsOfDockerfiles: readonly ReadingFunction[] = [
  {
    name: 'parseDockerfileOutline',
    read: (text) => parseDockerfileOutline(text),
    beginnings: ['', 'ARG A=', 'FROM ', ...instructions],
    shapes,
  },
  ...executors.map((executor, index): ReadingFunction => ({
    name: `lints for ${executor.distribution} ${executor.version}`,
    read: (text) => [
      lintForExecutor(text, executor, { cache }),
      lintFetchedContext(text, executor, cache, {}),
      baseImages(parseDockerfileOutline(text, { executor })),
    ],
    // What differs from release to release are rules for whole instructions.
    beginnings: index === 0 ? ['', 'FROM ', ...instructions] : [],
    shapes: index === 0 ? {} : shapes,
  })),
  {
    name: 'parseImageReference',
    read: parseImageReference,
    beginnings: ['', 'a/', 'a.example/a', 'a.example/a:', 'a@', 'a@sha256:', '['],
  },
];
