import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyJsonPatch, applyMergePatch, applyStrategicMerge } from '@kanikit/spec/patch';
import { createSeededRandom } from '@kanikit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goPart } from '../parts/go-part.ts';
import { runProgram } from '../parts/run-program.ts';
import { randomPatch, randomPod } from './random-patch.ts';

let kubectl: string;
let folder: string;
beforeAll(async () => {
  kubectl = await goPart('kubectl', new AbortController().signal);
  folder = await mkdtemp(join(tmpdir(), 'kanikit-patch-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the real kubectl makes of a pod and a patch, without a server. */
async function patchedByKubectl(type: string, pod: unknown, patch: unknown): Promise<unknown> {
  const file = join(folder, 'pod.json');
  await writeFile(file, JSON.stringify(pod));
  const args = ['patch', '--local', '-f', file, '--type', type, '-p', JSON.stringify(patch), '-o', 'json'];
  const { stdout, stderr } = await runProgram(kubectl, args);
  return stdout === '' ? stderr : JSON.parse(stdout, withoutDirectives);
}

/** kubectl leaves `$retainKeys` in items that are new to a list; the API server drops it as a field it does not know. */
function withoutDirectives(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$')));
}

const seeds = Array.from({ length: 20 }, (_, index) => index);

test.each(seeds)('ten random strategic merge patches do what they do in kubectl (seed %i)', async (seed) => {
  const random = createSeededRandom(seed);
  for (let turn = 0; turn < 10; turn += 1) {
    const pod = randomPod(random);
    const patch = randomPatch(random);
    const expected = await patchedByKubectl('strategic', pod, patch);
    const what = JSON.stringify({ pod, patch });
    if (typeof expected === 'string') {
      expect(expected, what).toContain("doesn't match $setElementOrder");
      expect(() => applyStrategicMerge(pod, patch), what).toThrow("doesn't match $setElementOrder");
    } else expect(applyStrategicMerge(pod, patch), what).toEqual(expected);
  }
});

test.each([
  ['merge', applyMergePatch, { spec: { containers: [{ name: 'a', image: 'b' }], nodeSelector: null } }],
  [
    'json',
    applyJsonPatch,
    [
      { op: 'add', path: '/spec/tolerations/-', value: { operator: 'Exists' } },
      { op: 'remove', path: '/metadata/labels' },
      { op: 'copy', from: '/spec/containers/0', path: '/spec/containers/1' },
      { op: 'replace', path: '/spec/containers/1/name', value: 'copy' },
      { op: 'move', from: '/spec/hostAliases', path: '/spec/hostAliases' },
    ],
  ],
] as const)('a %s patch does what it does in kubectl', async (type, apply, patch) => {
  const pod = randomPod(createSeededRandom(1));
  expect(apply(pod, patch)).toEqual(await patchedByKubectl(type, pod, patch));
});
