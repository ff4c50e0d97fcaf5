import { expect, it } from 'vitest';
import { imageConfig, parseExecutorImage } from './executor-images.ts';

it.each([
  ['gcr.io/kaniko-project/executor:v1.24.0', 'google', '1.24.0', 'executor', undefined],
  ['gcr.io/kaniko-project/executor:v1.9.2-debug', 'google', '1.9.2', 'debug', undefined],
  ['gcr.io/kaniko-project/executor', 'google', undefined, 'executor', undefined],
  ['gcr.io/kaniko-project/executor:debug', 'google', undefined, 'debug', undefined],
  ['ghcr.io/osscontainertools/kaniko:v1.28.3-slim', 'osscontainertools', '1.28.3', 'slim', undefined],
  ['martizih/kaniko:v1.28.3', 'osscontainertools', '1.28.3', 'executor', undefined],
  ['ghcr.io/osscontainertools/kaniko:1.24.0-1', 'osscontainertools', '1.24.0-1', 'executor', undefined],
  [
    'registry.local:5000/mirror/kaniko-project/executor:v1.24.0',
    'google',
    '1.24.0',
    'executor',
    'registry.local:5000/mirror/kaniko-project/executor:v1.24.0',
  ],
  [`gcr.io/kaniko-project/executor@sha256:${'a'.repeat(64)}`, 'google', undefined, 'executor', undefined],
])('knows %s', (image, distribution, version, kind, mirror) => {
  expect(parseExecutorImage(image)).toEqual({ distribution, version, kind, mirror });
});

it.each([
  'nginx',
  'gcr.io/kaniko-project/warmer:v1.24.0',
  'ghcr.io/osscontainertools/kaniko:warmer',
  'UPPER//x',
])('runs no %s', (image) => {
  expect(parseExecutorImage(image)).toBeUndefined();
});

it('takes more names from the caller', () => {
  expect(
    parseExecutorImage('corp.example/build/exec:v1.24.0', { 'corp.example/build/exec': 'google' }),
  ).toMatchObject({ distribution: 'google', version: '1.24.0' });
});

it('the slim image has no docker configuration folder', () => {
  expect(imageConfig('slim').env).not.toHaveProperty('DOCKER_CONFIG');
  expect(imageConfig('executor').env).toHaveProperty('DOCKER_CONFIG', '/kaniko/.docker/');
});
