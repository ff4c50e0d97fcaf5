/** What the sample logs of `fixtures/` say, read off them by hand. */
export interface Sample {
  readonly distribution: 'google' | 'osscontainertools';
  readonly logFormat: 'text' | 'color' | 'json';
  /** As the executor ended; the log alone proves it unless `isSilent`. */
  readonly exitCode: number;
  /** The log ends without a word about the end. */
  readonly isSilent?: true;
  readonly failure?: { readonly code: string; readonly step?: string };
  /** `index name base`, `-` for no name. */
  readonly stages?: readonly string[];
  /** `stage.index cache output-lines instruction`, `-` for no answer of the cache. */
  readonly steps?: readonly string[];
  readonly images?: readonly string[];
  /** Lines of the file, and those that programs printed. */
  readonly total: number;
  readonly output: number;
}

const base = '127.0.0.1:5000/lab/base:1';
const google = { distribution: 'google', logFormat: 'text', exitCode: 0, output: 0 } as const;
export const fork: Pick<Sample, 'distribution' | 'logFormat' | 'exitCode' | 'output'> = {
  ...google,
  distribution: 'osscontainertools',
};
const compile = `RUN echo "compiling $VERSION";     sleep 1;     mkdir -p /out && cat /src/*.txt > /out/app;     echo "a warning on stderr" >&2;     printf 'progress without newline'`;
const threeStages = [`0 builder ${base}`, `1 test ${base}`, `2 - ${base}`];
export const twoStages: readonly string[] = [`0 builder ${base}`, `2 - ${base}`];
export const oneStage: readonly string[] = [`0 - ${base}`];
export const familyStages: readonly string[] = [`0 common ${base}`, '1 a common', '2 b common'];

interface Answers {
  readonly srcDirectory?: string;
  readonly src?: string;
  readonly compile?: string;
  readonly stamp?: string;
  readonly unused?: string | undefined;
  readonly appDirectory?: string;
  readonly app?: string;
  readonly user?: string;
}

/** The steps of the lab's multi-stage Dockerfile: `cache lines` where something is to be said. */
export function labSteps(answers: Answers, hasUnused = true): string[] {
  return [
    `0.0 ${answers.srcDirectory ?? '- 0'} WORKDIR /src`,
    `0.1 ${answers.src ?? '- 0'} COPY src/ ./`,
    '0.2 - 0 ARG VERSION=dev',
    `0.3 ${answers.compile ?? '- 0'} ${compile}`,
    `0.4 ${answers.stamp ?? '- 0'} RUN echo done > /out/stamp`,
    ...(hasUnused ? [`1.0 ${answers.unused ?? '- 0'} RUN echo unused`] : []),
    '2.0 - 0 LABEL org.example.team="build"',
    '2.1 - 0 ENV APP_HOME=/app',
    `2.2 ${answers.appDirectory ?? '- 0'} WORKDIR $APP_HOME`,
    `2.3 ${answers.app ?? '- 0'} COPY --from=builder /out/ /app/`,
    `2.4 ${answers.user ?? '- 0'} RUN adduser -D -u 2000 svc 2>/dev/null; true`,
    '2.5 - 0 EXPOSE 8080',
    '2.6 - 0 VOLUME /data',
    '2.7 - 0 USER app',
    '2.8 - 0 HEALTHCHECK CMD true',
    '2.9 - 0 ENTRYPOINT ["/bin/sh", "-c"]',
    '2.10 - 0 CMD ["cat /app/app"]',
  ];
}

export const oops = 'RUN echo before; echo oops >&2; exit 7';
const memory = `RUN x=$(head -c 400000000 /dev/zero | tr "\\\\0" "a"); echo \${#x}`;
const mounted = 'RUN --mount=type=cache,target=/root/.cache ls -d /root/.cache';

export const googleSamples: Readonly<Record<string, Sample>> = {
  '30-lab-g190-cold-text.log': {
    ...google,
    stages: threeStages,
    steps: labSteps({ src: 'miss 0', compile: '- 3', unused: 'miss 1', app: 'miss 0' }),
    images: [
      '127.0.0.1:5000/lab/app:g190 sha256:3509946b287ad5a6267a94b68fd6396fd0e28c9270b7172156dff18d95d2b697',
    ],
    total: 142,
    output: 3,
  },
  '31-lab-g190-warm-text.log': {
    ...google,
    stages: threeStages,
    steps: labSteps({ src: 'hit 0', compile: 'hit 0', stamp: 'hit 0', unused: 'hit 0', app: 'miss 0' }),
    images: [
      '127.0.0.1:5000/lab/app:g190 sha256:8a93414bccd461d1547b72670c35903630bc8fead15ebe05d61f75b4a8ae43ad',
    ],
    total: 116,
  },
  '33-lab-g1240-cold-json.log': {
    ...google,
    logFormat: 'json',
    stages: threeStages,
    steps: labSteps({ src: 'miss 0', compile: '- 2', unused: 'miss 1', app: 'miss 0' }),
    images: [
      '127.0.0.1:5000/lab/app:g1240-c sha256:215078321fd5739162d214623e33443c335071523eafdf48cea738d2cba22229',
    ],
    total: 142,
    output: 3,
  },
  '34-lab-g1240-warm-json.log': {
    ...google,
    logFormat: 'json',
    stages: threeStages,
    steps: labSteps({ src: 'hit 0', compile: 'hit 0', stamp: 'hit 0', unused: 'hit 0', app: 'miss 0' }),
    images: [
      '127.0.0.1:5000/lab/app:g1240-c sha256:81277726b326e1f00d89570d2c5abd081f3d9d71b4a1e340bf2e6e3304e88051',
    ],
    total: 116,
  },
  '35-lab-g1240-warm-text.log': {
    ...google,
    stages: threeStages,
    steps: labSteps({
      src: 'hit 0',
      compile: 'hit 0',
      stamp: 'hit 0',
      unused: 'hit 0',
      app: 'hit 0',
      user: 'hit 0',
    }),
    images: [
      '127.0.0.1:5000/lab/app:g1240-c sha256:b7747e51763d2a98e35d38375338f4a2a1b364e08d532bac991c9b9a536859b1',
    ],
    total: 106,
  },
  '37-lab-g1240-debug.log': {
    ...google,
    stages: threeStages,
    steps: labSteps({ compile: 'miss 3', unused: 'miss 1', user: 'miss 0' }),
    images: [
      '127.0.0.1:5000/lab/app:debug sha256:4a3d161d64e9288553ececcf80eb1edac2bf7d39912b83ee3a305be3cedd9ce2',
    ],
    total: 303,
    output: 3,
  },
  '39-lab-g1240-fail.log': {
    ...google,
    exitCode: 7,
    failure: { code: 'run-failed', step: `0.1 ${oops}` },
    stages: oneStage,
    steps: ['0.0 - 0 WORKDIR /w', `0.1 - 2 ${oops}`],
    total: 22,
    output: 2,
  },
  '41-lab-g1240-oom-run.log': {
    ...google,
    exitCode: 255,
    failure: { code: 'run-killed', step: `0.0 ${memory}` },
    stages: oneStage,
    steps: [`0.0 - 0 ${memory}`],
    total: 15,
  },
  '42-lab-g1240-oom-kaniko.log': {
    ...google,
    exitCode: 137,
    isSilent: true,
    failure: { code: 'executor-killed', step: '0.1 COPY blob /blob' },
    stages: oneStage,
    steps: ['0.0 - 1 RUN echo start', '0.1 - 0 COPY blob /blob'],
    total: 19,
    output: 1,
  },
  '43-lab-g1240-disk2.log': {
    ...google,
    exitCode: 1,
    failure: { code: 'disk-full', step: '0.1 COPY blob /blob' },
    stages: oneStage,
    steps: ['0.0 - 1 RUN echo start', '0.1 - 0 COPY blob /blob'],
    total: 20,
    output: 1,
  },
  '45-lab-g1240-noroute.log': {
    ...google,
    logFormat: 'color',
    exitCode: 1,
    failure: { code: 'registry-unreachable' },
    total: 1,
  },
  '47-lab-g1240-immut.log': {
    ...google,
    exitCode: 1,
    failure: { code: 'push-tag-immutable' },
    stages: oneStage,
    steps: ['0.0 - 0 RUN echo hi > /hi'],
    total: 17,
  },
  '49-lab-g1240-nobase.log': { ...google, exitCode: 1, failure: { code: 'base-image-missing' }, total: 3 },
  '51-lab-g1240-nopush.log': { ...google, stages: oneStage, steps: ['0.0 - 0 RUN echo hi > /hi'], total: 16 },
  '53-lab-g1240-stdin-trunc.log': {
    ...google,
    exitCode: 1,
    failure: { code: 'context-archive-invalid' },
    total: 74,
  },
  '55-lab-g1240-git-badbranch.log': {
    ...google,
    logFormat: 'color',
    exitCode: 1,
    failure: { code: 'context-git-reference-unknown' },
    total: 73,
  },
  '57-lab-g1240-badflag.log': {
    ...google,
    logFormat: 'color',
    exitCode: 1,
    failure: { code: 'flag-unknown' },
    total: 73,
  },
  '59-lab-g1240-mnt.log': {
    ...google,
    exitCode: 1,
    failure: { code: 'run-failed', step: `0.0 ${mounted}` },
    stages: oneStage,
    steps: [`0.0 - 1 ${mounted}`],
    total: 16,
    output: 1,
  },
  '61-lab-g1240-nocap2.log': {
    ...google,
    exitCode: 1,
    failure: { code: 'ownership-denied' },
    stages: ['0 - 127.0.0.1:5000/lab/owned:1'],
    total: 9,
  },
  '63-lab-g1240-addx.log': {
    ...google,
    stages: oneStage,
    steps: [
      '0.0 - 0 ADD t.tgz /unpacked/',
      '0.1 - 0 ADD http://127.0.0.1:5000/v2/ /api.json',
      '0.2 - 4 RUN ls -R /unpacked /api.json',
    ],
    images: [
      '127.0.0.1:5000/lab/x:1 sha256:3af2210c274266ea0491766f181a703b38177160cee259f180a2cec87d36c5ea',
    ],
    total: 30,
    output: 4,
  },
  '65-lab-g1240-single.log': {
    ...google,
    stages: familyStages,
    steps: [
      '0.0 - 0 RUN echo c > /c',
      '1.0 - 0 RUN echo a > /a',
      '2.0 - 0 COPY --from=a /a /a',
      '2.1 - 0 COPY --from=127.0.0.1:5000/lab/owned:1 /srv /srv',
      '2.2 - 0 RUN echo b > /b',
    ],
    images: [
      '127.0.0.1:5000/lab/x:1 sha256:e1221b160d1cdb351d2b51bf6dba20317357d51240126575a09c20d53c331518',
    ],
    total: 52,
  },
  '67-lab-g1240-sigterm.log': {
    ...google,
    exitCode: 2,
    isSilent: true,
    failure: { code: 'executor-terminated' },
    stages: oneStage,
    steps: ['0.0 - 1 RUN echo sleeping; sleep 30'],
    total: 15,
    output: 1,
  },
  '69-lab-g1240-badtarget.log': {
    ...google,
    logFormat: 'color',
    exitCode: 1,
    failure: { code: 'target-unknown' },
    total: 1,
  },
};
