import type { ExecutorContextSupport } from '@kanikit/spec';
import { expect, it } from 'vitest';
import { contextSupport } from './context-support.ts';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';

const all = ['stdin', 'git', 's3', 'gcs', 'azure-blob', 'https'] as const;
const without = (...kinds: readonly string[]): ExecutorContextSupport['kinds'] =>
  all.filter((kind) => !kinds.includes(kind));
const options = ['branch', 'single-branch', 'recurse-submodules'];

it.each<[ExecutorRelease['distribution'], string, Omit<ExecutorContextSupport, 'executor'>]>([
  ['google', '0.1.0', { kinds: ['gcs'], hasSubPath: false, gitOptions: [], hasGitRefs: false }],
  [
    'google',
    '0.19.0',
    { kinds: ['s3', 'gcs', 'azure-blob'], hasSubPath: false, gitOptions: [], hasGitRefs: false },
  ],
  [
    'google',
    '0.20.0',
    { kinds: without('git', 'https'), hasSubPath: true, gitOptions: [], hasGitRefs: false },
  ],
  ['google', '1.3.0', { kinds: without('https'), hasSubPath: true, gitOptions: options, hasGitRefs: false }],
  ['google', '1.6.0', { kinds: all, hasSubPath: true, gitOptions: options, hasGitRefs: false }],
  ['google', '1.7.0', { kinds: without('git'), hasSubPath: true, gitOptions: options, hasGitRefs: false }],
  ['google', '1.9.2', { kinds: all, hasSubPath: true, gitOptions: options, hasGitRefs: false }],
  ['google', '1.19.2', { kinds: all, hasSubPath: true, gitOptions: options, hasGitRefs: false }],
  [
    'google',
    '1.20.0',
    { kinds: without('azure-blob'), hasSubPath: true, gitOptions: options, hasGitRefs: false },
  ],
  [
    'google',
    '1.24.0',
    {
      kinds: without('azure-blob'),
      hasSubPath: true,
      gitOptions: [...options, 'insecure-skip-tls'],
      hasGitRefs: false,
    },
  ],
  [
    'chainguard',
    '1.25.5',
    {
      kinds: without('azure-blob'),
      hasSubPath: true,
      gitOptions: [...options, 'insecure-skip-tls'],
      hasGitRefs: false,
    },
  ],
  [
    'osscontainertools',
    '1.25.3',
    {
      kinds: without('azure-blob'),
      hasSubPath: true,
      gitOptions: [...options, 'insecure-skip-tls'],
      hasGitRefs: false,
    },
  ],
  [
    'osscontainertools',
    '1.26.5',
    {
      kinds: all,
      hasSubPath: true,
      gitOptions: [...options, 'insecure-skip-tls', 'depth'],
      hasGitRefs: false,
    },
  ],
  [
    'osscontainertools',
    '1.28.3',
    {
      kinds: all,
      hasSubPath: true,
      gitOptions: [...options, 'insecure-skip-tls', 'depth'],
      hasGitRefs: true,
    },
  ],
])('%s %s', (distribution, version, expected) => {
  expect(contextSupport({ distribution, version })).toEqual({
    executor: `${distribution} ${version}`,
    ...expected,
  });
});
