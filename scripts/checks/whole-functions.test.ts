import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { ReadingFunction } from './function-worker.ts';
import { root } from './workspace-packages.ts';

/** A worker that says nothing for so long is at work that grows faster than its text. */
const silenceMs = 20_000;
const start = 'INFO[0000] Retrieving image manifest alpine\n';
const running = `${start}INFO[0000] Building stage 'alpine' [idx: '0', base-idx: '-1']\nINFO[0000] RUN x\nINFO[0000] Running: [x]\n`;
const headers = [
  'INFO[0000] RUN ',
  '{"level":"info","msg":"',
  'time="2026-11-23T05:47:30Z" level=info msg="',
];
const ends = ['error building image: ', 'error pushing image: ', 'panic: '];
const instructions = [
  'RUN ',
  'RUN --mount=',
  'RUN <<EOF\n',
  'COPY ',
  'COPY <<EOF ',
  'ADD ',
  'USER ',
  'ENV ',
  'ONBUILD RUN ',
];
const pulling = ['', 'rpc error: ', 'Failed to pull image "', 'init container '];

const functions: readonly ReadingFunction[] = [
  { file: 'kaniko/src/explain/explain-log.ts', name: 'explainLog', beginnings: ['', ...headers] },
  {
    file: 'kaniko/src/explain/explain-log.ts',
    name: 'explainLog',
    beginnings: headers.map((header) => running + header),
  },
  {
    file: 'kaniko/src/explain/explain-log.ts',
    name: 'explainLog',
    beginnings: ends.map((end) => start + end),
  },
  {
    file: 'kaniko/src/dockerfile/parse-outline.ts',
    name: 'parseDockerfileOutline',
    beginnings: ['', 'ARG A=', 'FROM ', ...instructions.map((instruction) => `FROM a\n${instruction}`)],
  },
  { file: 'kaniko/src/failures/registry-cause.ts', name: 'registryCause', beginnings: ['', 'GET https://'] },
  {
    file: 'kubernetes/src/explain/explain-waiting.ts',
    name: 'explainWaiting',
    takes: 'message',
    first: 'ErrImagePull',
    beginnings: pulling,
  },
  {
    file: 'kubernetes/src/explain/explain-waiting.ts',
    name: 'explainWaiting',
    takes: 'message',
    first: 'FailedMount',
    beginnings: [''],
  },
  {
    file: 'kubernetes/src/explain/explain-waiting.ts',
    name: 'explainWaiting',
    takes: 'message',
    first: 'Unschedulable',
    beginnings: ['', '0/3 nodes are available: '],
  },
  {
    file: 'contexts/src/git/git-errors.ts',
    name: 'gitError',
    takes: 'second',
    first: 'x',
    beginnings: ['', 'fatal: ', 'remote: '],
  },
  {
    file: 'contexts/src/git/git-reference.ts',
    name: 'parseGitReference',
    first: 'https',
    beginnings: ['git://', 'https://', 'git@'],
  },
  {
    file: 'archive/src/ignore/parse-ignore-file.ts',
    name: 'parseIgnoreFile',
    takes: 'bytes',
    beginnings: ['', '!', '['],
  },
  { file: 'archive/src/tar/parse-pax.ts', name: 'parsePax', takes: 'bytes', beginnings: ['', '10 path='] },
  {
    file: 'registries/src/docker-config/parse-config.ts',
    name: 'parseDockerConfig',
    first: 'x',
    beginnings: ['', '{"auths":{"'],
  },
  { file: 'toolkit/src/yaml/read-yaml.ts', name: 'readYaml', beginnings: ['', 'a: ', 'a: "', '{'] },
  {
    file: 'toolkit/src/secrets/hide-by-form.ts',
    name: 'hideByForm',
    beginnings: ['', 'https://', 'Authorization: ', '{"auth":"'],
  },
  { file: 'toolkit/src/text/printable.ts', name: 'printable', beginnings: [''] },
  { file: 'toolkit/src/text/printable.ts', name: 'printableOutput', beginnings: [''] },
  {
    file: 'toolkit/src/text/without-credentials.ts',
    name: 'withoutCredentials',
    beginnings: ['', 'https://', 'a@'],
  },
];

test(
  'functions that read untrusted text do work that grows no faster than it',
  { timeout: 900_000 },
  async () => {
    const queue = [...functions];
    const slow: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) slow.push(...(await judge(next)));
    };
    await Promise.all([work(), work()]);
    expect(slow).toEqual([]);
  },
);

test('finds those that do more, and those that overflow', { timeout: 120_000 }, async () => {
  const made = (code: string): ReadingFunction => ({
    file: `data:text/javascript,${encodeURIComponent(`export const made = (text) => ${code};`)}`,
    name: 'made',
    beginnings: [''],
  });
  expect(await judge(made(String.raw`/\r+$/.test(text)`))).toContainEqual(
    expect.stringContaining(String.raw`"\r"`),
  );
  expect(await judge(made(`'x'.repeat(text.length * 1e9)`))).not.toEqual([]);
  expect(await judge(made('text.length'))).toEqual([]);
});

/** The texts that a function is slow on. */
async function judge(one: ReadingFunction): Promise<readonly string[]> {
  const worker = new Worker(new URL('function-worker.ts', import.meta.url), {
    workerData: { ...one, file: one.file.startsWith('data:') ? one.file : `${root}/packages/${one.file}` },
    execArgv: ['--conditions=@kanikit/source'],
  });
  const slow: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      let at = `${one.name}: loading`;
      const onSilence = (): void => {
        slow.push(at);
        resolve();
      };
      let timer = setTimeout(onSilence, silenceMs);
      worker.on('error', reject);
      worker.on('message', (message: { at: string } | { slow: string } | { isDone: true }) => {
        clearTimeout(timer);
        if ('isDone' in message) {
          resolve();
          return;
        }
        if ('slow' in message) slow.push(message.slow);
        else ({ at } = message);
        timer = setTimeout(onSilence, silenceMs);
      });
    });
  } finally {
    await worker.terminate();
  }
  return slow;
}
