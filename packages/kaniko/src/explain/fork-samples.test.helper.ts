import {
  familyStages,
  fork,
  labSteps,
  oneStage,
  oops,
  type Sample,
  twoStages,
} from './samples.test.helper.ts';

export const forkSamples: Readonly<Record<string, Sample>> = {
  '71-lab-o1283-cold-json.log': {
    ...fork,
    logFormat: 'json',
    stages: twoStages,
    steps: labSteps({ srcDirectory: 'miss 0', compile: '- 3', appDirectory: 'miss 0' }, false),
    images: [
      '127.0.0.1:5000/lab/app:o1283-c sha256:b0e387660febd3bc5d4f3c8d8bb3034939babfba846549b3893cd6b714939b7c',
    ],
    total: 138,
    output: 2,
  },
  '73-lab-o1283-warm-text.log': {
    ...fork,
    stages: twoStages,
    steps: labSteps(
      {
        srcDirectory: 'hit 0',
        src: 'hit 0',
        compile: 'hit 0',
        stamp: 'hit 0',
        appDirectory: 'hit 0',
        app: 'hit 0',
        user: 'hit 0',
      },
      false,
    ),
    images: [
      '127.0.0.1:5000/lab/app:o1283-c sha256:8a86c4d520ae1fd8a3f7e56894d56055558313a228b7b0711a95123156724805',
    ],
    total: 107,
  },
  '75-lab-o1283-stages.log': {
    ...fork,
    stages: familyStages,
    steps: [
      '0.0 - 0 RUN echo c > /c',
      '1.0 - 0 RUN echo a > /a',
      '2.0 - 0 COPY --from=a /a /a',
      '2.1 - 0 COPY --from=127.0.0.1:5000/lab/owned:1 /srv /srv',
      '2.2 - 0 RUN echo b > /b',
    ],
    images: [
      '127.0.0.1:5000/lab/x:1 sha256:5aaa7e0c973a02ee5ac0a80af7a62bf05b23949087f824c0c600722a16942b1e',
    ],
    total: 57,
  },
  '77-lab-o1283-fail.log': {
    ...fork,
    exitCode: 7,
    failure: { code: 'run-failed', step: `0.1 ${oops}` },
    stages: oneStage,
    steps: ['0.0 - 0 WORKDIR /w', `0.1 - 2 ${oops}`],
    total: 26,
    output: 2,
  },
  '79-lab-o1283-quota-retry.log': {
    ...fork,
    exitCode: 1,
    failure: { code: 'push-too-large' },
    stages: oneStage,
    steps: ['0.0 - 0 RUN echo hi > /hi'],
    total: 24,
  },
  '81-lab-o1283-secret.log': {
    ...fork,
    stages: oneStage,
    steps: [
      '0.0 - 1 RUN --mount=type=secret,id=tok,required=true wc -c /run/secrets/tok',
      '0.1 - 1 RUN --mount=type=secret,id=envtok,env=TOK echo ${#TOK}',
    ],
    images: [
      '127.0.0.1:5000/lab/x:1 sha256:44d02249ab35d259b382680456f95e86bdc7320c03b6c1c305609ab10ffc3483',
    ],
    total: 29,
    output: 2,
  },
  '83-lab-o1283-dryrun.log': { ...fork, logFormat: 'color', total: 31 },
  '85-lab-o1283-preview-cold.log': {
    ...fork,
    stages: twoStages,
    steps: labSteps({ srcDirectory: 'miss 0', compile: '- 2', appDirectory: 'miss 0', app: 'miss 0' }, false),
    images: [
      '127.0.0.1:5000/lab/x:1 sha256:d22152afb8ef0b70a5170d6ef2b031b12314b3fe35076eb8ef23da8214ef8b03',
    ],
    total: 231,
    output: 2,
  },
  '87-lab-o1283-oom-kaniko.log': {
    ...fork,
    exitCode: 137,
    isSilent: true,
    failure: { code: 'executor-killed', step: '0.1 COPY blob /blob' },
    stages: oneStage,
    steps: ['0.0 - 1 RUN echo start', '0.1 - 0 COPY blob /blob'],
    total: 22,
    output: 1,
  },
  '89-lab-o1283-hd.log': {
    ...fork,
    stages: oneStage,
    steps: ['0.0 - 1 RUN <<EOF', '0.1 - 0 COPY <<EOT /etc/motd', '0.2 - 2 RUN cat /etc/motd; ls /tmp'],
    images: [
      '127.0.0.1:5000/lab/x:1 sha256:16c51e5bf1b550f7a06597878064662d5d81aea8fbf441e871a14a7676baa608',
    ],
    total: 32,
    output: 3,
  },
  '91-lab-o1283-ratelimit-retry.log': {
    ...fork,
    exitCode: 1,
    failure: { code: 'base-image-rate-limited' },
    total: 10,
  },
  '93-lab-o1283-git-refsha.log': {
    ...fork,
    stages: oneStage,
    steps: ['0.0 - 0 RUN echo hi > /hi'],
    images: [
      '127.0.0.1:5000/lab/x:1 sha256:6067da972ba5ee82cf977752d5e6446158084d97f590fbac17f5aa0c25c9c5ae',
    ],
    total: 26,
  },
};
