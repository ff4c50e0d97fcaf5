import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildRequest } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCommand } from '../command-line/build-command.ts';
import { commands } from '../command-line/commands.ts';
import { flagsOf } from '../command-line/flag.ts';
import { parseCommandLine } from '../command-line/parse-command-line.ts';
import { buildRequests } from './build-requests.ts';
import { withPodInputs } from './pod-inputs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-pod-inputs-'));
  await writeFile(join(folder, 'pod.yaml'), 'spec:\n  nodeSelector: { pool: builds }\n');
  await writeFile(join(folder, 'patch.json'), '{ "spec": { "priority": 5 } }');
  await writeFile(join(folder, 'list.yaml'), '- { op: add, path: /spec/priority, value: 6 }\n');
  await writeFile(join(folder, 'broken.yaml'), 'a: [1\n');
  const levels = Array.from(
    { length: 9 },
    (_value, index) => `l${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`,
  );
  await writeFile(join(folder, 'bomb.yaml'), ['l0: &l0 x', ...levels].join('\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = { NPM_TOKEN: 'secret', HERE: 'there' };

async function requestOf(...words: string[]): Promise<BuildRequest | undefined> {
  const args = ['build', '.', '-t', 'r.example/app', ...words.map((word) => word.replace('FOLDER', folder))];
  const parsed = parseCommandLine(args, commands, {});
  if (parsed.kind !== 'run') throw new Error(`it is ${parsed.kind}`);
  const flags = flagsOf(buildCommand, parsed.values);
  const [request] = await withPodInputs(buildRequests(parsed.values), flags, { env });
  return request;
}

test('template and patches come from files or the command line, JSON patches last', async () => {
  const request = await requestOf(
    '--pod-json-patch',
    '[{ "op": "remove", "path": "/spec/x" }]',
    '--pod-template',
    'FOLDER/pod.yaml',
    '--pod-patch',
    'FOLDER/patch.json',
    '--pod-patch',
    '{ spec: { hostNetwork: true } }',
    '--pod-json-patch',
    'FOLDER/list.yaml',
  );
  expect(request?.pod).toMatchObject({
    template: { spec: { nodeSelector: { pool: 'builds' } } },
    patches: [
      { type: 'strategic', patch: { spec: { priority: 5 } } },
      { type: 'strategic', patch: { spec: { hostNetwork: true } } },
      { type: 'json', patch: [{ op: 'remove', path: '/spec/x' }] },
      { type: 'json', patch: [{ op: 'add', path: '/spec/priority', value: 6 }] },
    ],
  });
});

test('a template in UTF-16, as PowerShell writes it, is read as kubectl reads it', async () => {
  const file = join(folder, 'utf16.yaml');
  await writeFile(file, Buffer.from('\ufeffspec: { nodeSelector: { pool: builds } }\r\n', 'utf16le'));
  const request = await requestOf('--pod-template', file);
  expect(request?.pod?.template).toEqual({ spec: { nodeSelector: { pool: 'builds' } } });
});

test('a variable without a value is taken from here, and left out where it is not set', async () => {
  const request = await requestOf('--env', 'A=1', '--env', 'HERE', '--env', 'NOWHERE', '--env', 'EMPTY=');
  expect(request?.pod?.env).toEqual({ A: '1', HERE: 'there', EMPTY: '' });
});

describe('secrets as docker writes them', () => {
  test.each([
    ['id=npm,env=NPM_TOKEN', { id: 'npm', env: 'NPM_TOKEN' }],
    ['id=npmrc,src=.npmrc', { id: 'npmrc', file: '.npmrc' }],
    ['type=file,id=npmrc,source=.npmrc', { id: 'npmrc', file: '.npmrc' }],
    ['id=npm,type=env,src=NPM_TOKEN', { id: 'npm', env: 'NPM_TOKEN' }],
    ['id=NPM_TOKEN', { id: 'NPM_TOKEN', env: 'NPM_TOKEN' }],
    ['id=NPM_TOKEN,type=file', { id: 'NPM_TOKEN', file: 'NPM_TOKEN' }],
    ['id=other', { id: 'other', file: 'other' }],
    ['id=key,k8s=deploy/id_ed25519', { id: 'key', secret: 'deploy', key: 'id_ed25519' }],
    ['id=a,src=a=b', { id: 'a', file: 'a=b' }],
  ])('%s', async (flag, secret) => {
    expect((await requestOf('--secret', flag))?.secrets).toEqual([secret]);
  });
});

describe('refuses', () => {
  test.each([
    [['--pod-template', 'FOLDER/none.yaml'], "--pod-template can't be read"],
    [['--pod-template', 'FOLDER/list.yaml'], '--pod-template takes one pod'],
    [['--pod-patch', 'FOLDER/broken.yaml'], 'is not valid YAML or JSON'],
    [['--pod-patch', '{a: &a {b: *a}}'], 'is not valid YAML or JSON'],
    [['--pod-template', 'FOLDER/bomb.yaml'], 'is not valid YAML or JSON'],
    [['--pod-template', '/dev/zero'], 'is larger than 2 MB'],
    [['--pod-patch', 'FOLDER/list.yaml'], '--pod-patch takes an object'],
    [['--pod-json-patch', 'FOLDER/patch.json'], '--pod-json-patch takes a list'],
    [['--secret', 'npm'], '--secret takes id=NAME'],
    [['--secret', 'src=a'], '--secret takes id=NAME'],
    [['--secret', 'id=a,src=b,env=C'], '--secret takes id=NAME'],
    [['--secret', 'id=a,k8s=b'], '--secret takes id=NAME'],
    [['--secret', 'id=a,type=ssh'], '--secret takes id=NAME'],
    [['--secret', 'id=a,mode=0400'], '--secret takes id=NAME'],
  ])('%j', async (words, problem) => {
    await expect(requestOf(...words)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(problem),
    });
  });
});
