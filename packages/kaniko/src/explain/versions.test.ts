import { describe, expect, test } from 'vitest';
import {
  digest,
  line,
  opening,
  pushed,
  render,
  runEnd,
  runStart,
  warning,
} from '../decoder/render-log.test.helper.ts';
import { explainLog } from './explain-log.ts';

const hex = digest.slice('sha256:'.length);
const brief = (report: ReturnType<typeof explainLog>) => ({
  distribution: report.executor.distribution,
  outcome: report.verdict.outcome,
  exitCode: report.verdict.exitCode,
  stages: report.stages.map(({ index, name, base }) => `${index} ${name} ${base}`),
  steps: report.steps.map(
    ({ stage, index, instruction, cache, outputLines }) =>
      `${stage}.${index} ${instruction} ${cache} ${outputLines}`,
  ),
  images: report.images.map(({ reference }) => reference),
  unknown: report.lines.unknown,
});

test('0.9: no line for a stage, the digest only from the library’s logger', () => {
  const log = [
    'INFO[0000] Downloading base image nginx:1-alpine        ',
    '2019/01/24 16:52:08 No matching credentials were found, falling back on anonymous',
    'INFO[0001] Executing 0 build triggers                   ',
    'INFO[0001] Unpacking rootfs as cmd RUN make requires it. ',
    'INFO[0002] Taking snapshot of full filesystem...        ',
    'INFO[0002] Skipping paths under /kaniko, as it is a whitelisted directory ',
    'INFO[0002] Using files from context: [/workspace/a]     ',
    'INFO[0002] COPY a /a                                    ',
    'INFO[0002] Taking snapshot of files...                  ',
    'INFO[0002] RUN make                                     ',
    'INFO[0002] cmd: /bin/sh                                 ',
    'INFO[0002] args: [-c make]                              ',
    'made',
    'INFO[0004] Taking snapshot of full filesystem...        ',
    'INFO[0004] Skipping paths under /kaniko, as it is a whitelisted directory ',
    'INFO[0004] No files were changed, appending empty layer to config. No layer added to image. ',
    `2019/01/24 16:52:18 existing blob: ${digest}`,
    `2019/01/24 16:52:18 pushed blob ${digest}`,
    `2019/01/24 16:52:18 index.docker.io/team/app:1: digest: ${digest} size: 1074`,
    '',
  ].join('\n');
  expect(brief(explainLog(log))).toEqual({
    distribution: 'google',
    outcome: 'succeeded',
    exitCode: 0,
    stages: ['0 null nginx:1-alpine'],
    steps: ['0.0 COPY a /a null 0', '0.1 RUN make null 1'],
    images: ['index.docker.io/team/app:1'],
    unknown: 0,
  });
});

const old = [
  line('Resolved base name golang:1.12 to golang:1.12'),
  line('Resolved base name alpine to alpine'),
  line('Downloading base image golang:1.12'),
  line(
    'Error while retrieving image from cache: getting file info: stat /cache/sha256:ab: no such file or directory',
  ),
  line('Downloading base image alpine'),
  line('Built cross stage deps: map[0:[/out]]'),
  line('Downloading base image golang:1.12'),
  line('Executing 0 build triggers'),
  line('Unpacking rootfs as cmd RUN make requires it.', 1),
  line('Taking snapshot of full filesystem...', 2),
  line('RUN make', 3),
  line('cmd: /bin/sh', 3),
  line('args: [-c make]', 3),
  'one',
  line('Taking snapshot of full filesystem...', 4),
  line('Saving file out for later use.', 5),
  line('Deleting filesystem...', 5),
  line('Downloading base image alpine', 5),
  line('Executing 0 build triggers', 5),
  line('Unpacking rootfs as cmd COPY --from=0 /out /out requires it.', 6),
  line('Taking snapshot of full filesystem...', 6),
  line('COPY --from=0 /out /out', 7),
  line('Taking snapshot of files...', 7),
  line('RUN true', 7),
  line('cmd: /bin/sh', 7),
  line('args: [-c true]', 7),
];

test('0.10 to 0.22: bases instead of aliases, a failure whose exit code the process did not keep', () => {
  const report = explainLog(
    render('color', [
      ...old,
      'oops',
      'error building image: error building stage: waiting for process to exit: exit status 2',
    ]),
  );
  expect(brief(report)).toEqual({
    distribution: 'google',
    outcome: 'failed',
    exitCode: null,
    stages: ['0 null golang:1.12', '1 null alpine'],
    steps: ['0.0 RUN make null 1', '1.0 COPY --from=0 /out /out null 0', '1.1 RUN true null 1'],
    images: [],
    unknown: 0,
  });
  expect(report.verdict.failure).toMatchObject({ code: 'run-failed', step: { stage: 1, index: 1 } });
});

test('before 1.5.1 no line tells that the push is done', () => {
  const log = render('color', [...old, line('Taking snapshot of full filesystem...', 8)]);
  expect(explainLog(log).verdict).toEqual({ outcome: 'unfinished', exitCode: null, failure: null });
  expect(explainLog(log, { exitCode: 0 }).verdict.outcome).toBe('succeeded');
});

test('1.5.1 to 1.7: pushes are counted, without a digest', () => {
  const log = render('color', [
    ...old,
    line('Taking snapshot of full filesystem...', 8),
    line('Pushing image to registry.test/a:1', 8),
    line('Pushed image to 1 destinations', 9),
  ]);
  expect(explainLog(log).verdict).toEqual({ outcome: 'succeeded', exitCode: 0, failure: null });
  expect(explainLog(log).images).toEqual([]);
});

test('1.8: lower-case messages, a running line, aliases, a stage on a stage', () => {
  const log = render('color', [
    line('Resolved base name alpine to build'),
    line('Resolved base name build to last'),
    line('Retrieving image manifest alpine'),
    line('Retrieving image alpine from registry index.docker.io'),
    line('Built cross stage deps: map[]'),
    line('Executing 0 build triggers'),
    line('Unpacking rootfs as cmd RUN make requires it.', 1),
    line('RUN make', 1),
    line('Taking snapshot of full filesystem...', 1),
    line('cmd: /bin/sh', 1),
    line('args: [-c make]', 1),
    line('util.Lookup returned: &{Uid:0 Gid:0 Username:root Name: HomeDir:/root}', 1),
    line('performing slow lookup of group ids for root', 1),
    line('Running: [/bin/sh -c make]', 1),
    'one',
    line('Taking snapshot of full filesystem...', 2),
    line('Storing source image from stage 0 at path /kaniko/stages/0', 2),
    line('Deleting filesystem...', 2),
    line('Base image from previous stage 0 found, using saved tar at path /kaniko/stages/0', 2),
    line('Executing 0 build triggers', 2),
    line('Skipping unpacking as no commands require it.', 2),
    line('VOLUME /data', 2),
    line('cmd: VOLUME', 2),
    line('adding volume /data to ignorelist', 2),
    warning('error uploading layer to cache: failed to push to destination x', 2),
    ...pushed('registry.test/a:1', 3),
  ]);
  expect(brief(explainLog(log))).toEqual({
    distribution: 'google',
    outcome: 'succeeded',
    exitCode: 0,
    stages: ['0 build alpine', '1 last build'],
    steps: ['0.0 RUN make null 1', '1.0 VOLUME /data null 0'],
    images: ['registry.test/a:1'],
    unknown: 0,
  });
});

test('the fork: flags, providers, linter, squashed stages, two passes, cache pointers, skipped indexes', () => {
  const cache = `registry.test/cache:${hex}`;
  const log = render('json', [
    line('active feature flags: FF_KANIKO_OCI_WARMER'),
    line(
      'feature flags enabled by default, setting them explicitly is no longer necessary: FF_KANIKO_SQUASH_STAGES',
    ),
    warning(
      'StageNameCasing: Stage name should be lowercase (line 1)\n\thttps://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
    ),
    line('credential providers by priority: [env, google, ecr, acr, gitlab]'),
    line('Retrieving image manifest alpine:3'),
    line('Retrieving image alpine:3 from registry index.docker.io'),
    line('Resolved base name of tools to alpine:3'),
    line('Resolved base name of last to tools'),
    line('Squashing stages: last into tools'),
    line('Built cross stage deps: map[]'),
    line(`Building stage 'alpine:3' [idx: '2', base-idx: '-1']`),
    line('Applying label a=b'),
    line(`Checking for cached layer ${cache}...`),
    line('Cache hit via inferred cross-stage key for cmd: RUN make'),
    line('Cmd: EXPOSE'),
    line('Adding exposed port: 80/tcp'),
    line('Skipping unpacking as no commands require it.'),
    line('LABEL a=b'),
    line('Applying label a=b'),
    line('Taking snapshot of files...'),
    line('RUN make'),
    line('Found cached layer, extracting to filesystem'),
    line('EXPOSE 80'),
    line('Cmd: EXPOSE'),
    line('Adding exposed port: 80/tcp'),
    line('Taking snapshot of files...'),
    line(`Pushing cache pointer ${cache} -> ${hex}`),
    line(`Pushing image to ${cache}`),
    line('credential providers by priority: [env, google, ecr, acr, gitlab]'),
    line(`Pushed registry.test/cache@${digest}`),
    line('Pushing image to registry.test/a:1'),
    line(`Immutable tag error ignored for registry.test/a@${digest}`),
  ]);
  expect(brief(explainLog(log))).toEqual({
    distribution: 'osscontainertools',
    outcome: 'succeeded',
    exitCode: 0,
    stages: ['2 last alpine:3'],
    steps: ['2.0 LABEL a=b null 0', '2.1 RUN make hit 0', '2.2 EXPOSE 80 null 0'],
    // The tag names what it named before.
    images: [],
    unknown: 0,
  });
  const dockerfile =
    'FROM alpine:3 AS tools\nLABEL a=b\nRUN make\nFROM scratch AS unused\nFROM tools AS last\nEXPOSE 80\n';
  expect(explainLog(log, { dockerfile }).steps.map(({ stage, index }) => [stage, index])).toEqual([
    [0, 0],
    [0, 1],
    [2, 0],
  ]);
  expect(explainLog(log, { dockerfile }).stages).toEqual([{ index: 2, name: 'last', base: 'alpine:3' }]);
});

describe('messages of several lines in colour', () => {
  test('a linter warning, a heredoc, a registry’s HTML', () => {
    const html =
      'Retrying operation after 1s due to PATCH http://r/v2/: unexpected status code 413: <html>\n<body>too large</body>\n</html>';
    const log = render('color', [
      warning(
        'MaintainerDeprecated: Maintainer instruction is deprecated (line 2)\n\thttps://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/',
      ),
      ...opening('alpine', 'RUN <<EOF'),
      line('RUN <<EOF', 2),
      line('Initializing snapshotter ...', 2),
      line('Taking snapshot of full filesystem...', 2),
      line('Cmd: /bin/sh', 2),
      line('Args: [-c <<EOF\necho one\nEOF]', 2),
      line('Running: [/bin/sh -c <<EOF\necho one\nEOF]', 2),
      'one',
      runEnd(),
      line('Pushing image to r/a:1', 4),
      warning(html, 5),
      line(`Pushed r/a@${digest}`, 6),
    ]);
    const report = explainLog(log);
    expect(report.lines).toEqual({ total: 27, executor: 26, output: 1, unknown: 0 });
    expect(report.steps).toEqual([
      { stage: 0, index: 0, instruction: 'RUN <<EOF', cache: null, outputLines: 1 },
    ]);
  });
});

test('triggers of a base image are steps that the Dockerfile does not have', () => {
  const lines = [
    ...opening('base', 'RUN make').slice(0, 5),
    line('Executing 2 build triggers'),
    ...opening('base', 'RUN make').slice(6),
    line('COPY . /app', 2),
    line('Taking snapshot of files...', 2),
    ...runStart('make'),
    runEnd(),
    ...pushed(),
  ];
  const report = explainLog(render('text', lines), { dockerfile: 'FROM base\nRUN make\n' });
  expect(report.steps.map(({ index, instruction }) => [index, instruction])).toEqual([
    [0, 'COPY . /app'],
    [0, 'RUN make'],
  ]);
});

test('1.3 to 1.7: a warning that begins with a newline', () => {
  const message =
    '\nSkip running docker-credential-gcr as user provided docker configuration exists at /kaniko/.docker/config.json';
  for (const format of ['color', 'text', 'json'] as const) {
    const { lines } = explainLog(
      render(format, [line('Retrieving image manifest alpine'), warning(message), ...opening()]),
    );
    const total = format === 'color' ? 11 : 10;
    expect(lines).toEqual({ total, executor: total, output: 0, unknown: 0 });
  }
});

test('a log that contains the answer of executor version', () => {
  const report = explainLog(
    `Kaniko version :  v1.23.2\n${render('color', [...opening(), ...runStart('x')])}`,
  );
  expect(report.executor).toEqual({ distribution: 'google', version: '1.23.2', logFormat: 'color' });
});
