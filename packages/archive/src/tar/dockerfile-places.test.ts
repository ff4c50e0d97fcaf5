import { expect, test } from 'vitest';
import { createDockerfilePlaces } from './dockerfile-places.ts';

function hintFor(wanted: string, paths: readonly string[]): string {
  const places = createDockerfilePlaces(wanted);
  for (const path of paths)
    places.see({ path, type: path.endsWith('/') ? 'Directory' : 'File', sizeBytes: 1, linkpath: '' });
  return places.hint('Otherwise.');
}

const inFolder = 'Everything in the archive is in the folder "app-1.0": build from there with ';

test.each<[what: string, wanted: string, paths: readonly string[], hint: string]>([
  [
    'as GitHub makes it',
    'Dockerfile',
    ['app-1.0/', 'app-1.0/Dockerfile'],
    `${inFolder}\`contextSubPath: app-1.0\`.`,
  ],
  [
    'with what macOS adds',
    'Dockerfile',
    ['._app-1.0', '.DS_Store', '__MACOSX/app-1.0/._Dockerfile', './app-1.0/Dockerfile'],
    `${inFolder}\`contextSubPath: app-1.0\`.`,
  ],
  [
    'in lower case',
    'Dockerfile',
    ['app-1.0/dockerfile', 'app-1.0/f'],
    `${inFolder}\`contextSubPath: app-1.0\`.`,
  ],
  [
    'another name',
    'ci/prod.docker',
    ['app-1.0/ci/prod.docker', 'app-1.0/Dockerfile'],
    `${inFolder}\`contextSubPath: app-1.0\`.`,
  ],
  [
    'deeper',
    'Dockerfile',
    ['a/b/Dockerfile', 'a/f'],
    'There is "a/b/Dockerfile": build from there with `contextSubPath: a/b`.',
  ],
  [
    'the nearest',
    'Dockerfile',
    ['a/Dockerfile', 'a/test/Dockerfile', 'README'],
    'There is "a/Dockerfile": build from there with `contextSubPath: a`.',
  ],
  [
    'several',
    'Dockerfile',
    ['web/Dockerfile', 'api/Dockerfile'],
    'There are "api/Dockerfile", "web/Dockerfile". Build from the folder of one with `contextSubPath`.',
  ],
  [
    'more than are shown',
    'Dockerfile',
    Array.from({ length: 300 }, (_, at) => `s${String(at).padStart(3, '0')}/Dockerfile`),
    'There are "s000/Dockerfile", "s001/Dockerfile", "s002/Dockerfile", "s003/Dockerfile", "s004/Dockerfile" and 95 more. Build from the folder of one with `contextSubPath`.',
  ],
  [
    'a name that a shell would split',
    'Dockerfile',
    ['my app/Dockerfile'],
    'Everything in the archive is in the folder "my app": build from there with `contextSubPath`.',
  ],
  [
    'a folder without it',
    'Dockerfile',
    ['app/f'],
    'Everything in the archive is in the folder "app", which has no "Dockerfile". Otherwise.',
  ],
  ['an empty folder', 'Dockerfile', ['app/'], 'Otherwise.'],
  ['nothing', 'Dockerfile', [], 'Otherwise.'],
  ['files beside the folder', 'Dockerfile', ['app/f', 'README'], 'Otherwise.'],
  ['a name that only ends like it', 'Dockerfile', ['app/my.Dockerfile', 'f'], 'Otherwise.'],
])('%s', (_what, wanted, paths, hint) => {
  expect(hintFor(wanted, paths)).toBe(hint);
});
