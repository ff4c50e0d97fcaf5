import { expect, it } from 'vitest';
import { programEnvironment } from './program-environment.ts';

const given = {
  distribution: 'osscontainertools',
  version: '1.29.0',
  way: 'given',
  files: ['/x/executor'],
} as const;
const off = { FF_KANIKO_RUN_VIA_TINI: 'false' };

it.each([
  ['the fork without tini', given, off],
  ['a development state of it', { ...given, version: '1.29.0-dev' }, off],
  ['a later one', { ...given, version: '1.30.1' }, off],
  ['one with tini beside it', { ...given, files: ['/x/executor', '/x/tini'] }, {}],
  ['one that does not know the flag', { ...given, version: '1.28.3' }, {}],
  ['another publisher', { ...given, distribution: 'google' as const }, {}],
  ['one from an image', { ...given, way: 'image' as const }, {}],
])('environment of %s', (_what, program, environment) => {
  expect(programEnvironment(program)).toEqual(environment);
});
