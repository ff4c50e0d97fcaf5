import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContextRequest } from '@kanikit/spec';
import { afterAll, describe, test } from 'vitest';
import { createLocalSource } from '../local/index.ts';
import { createStdinSource } from '../stdin/index.ts';
import { createTarSource } from '../tar/index.ts';
import { contextSourceContract, type ContextSourceSetup } from './context-source-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'kanikit-contract-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

mkdirSync(join(folder, 'app/src'), { recursive: true });
writeFileSync(join(folder, 'app/Dockerfile'), 'FROM scratch\nCOPY . /\n');
writeFileSync(join(folder, 'app/.dockerignore'), '*.log\n');
writeFileSync(join(folder, 'app/src/a.txt'), 'a');
symlinkSync('nowhere', join(folder, 'app/link'));
mkdirSync(join(folder, 'bare'));
mkdirSync(join(folder, 'bad'));
writeFileSync(join(folder, 'bad/Dockerfile'), 'FROM scratch\n');
writeFileSync(join(folder, 'bad/.dockerignore'), 'a[\n');
execFileSync('tar', ['-czf', join(folder, 'app.tar.gz'), '-C', join(folder, 'app'), '.']);
writeFileSync(join(folder, 'cut.tar'), readFileSync(join(folder, 'app.tar.gz')).subarray(0, 100));
writeFileSync(join(folder, 'notes.tar'), 'not a tar');

const requestOf = (reference: string, more: Partial<ContextRequest> = {}): ContextRequest => ({
  reference,
  dockerfile: undefined,
  workingDirectory: folder,
  contextSubPath: undefined,
  ...more,
});
async function* read(name: string): AsyncGenerator<Uint8Array> {
  yield readFileSync(join(folder, name));
}

const setups: readonly (readonly [kind: string, setup: ContextSourceSetup])[] = [
  [
    'local',
    {
      createSource: () => createLocalSource(),
      request: requestOf('app'),
      refused: {
        'a directory that is not there': { request: requestOf('none'), code: 'context-missing' },
        'one without a Dockerfile': { request: requestOf('bare'), code: 'dockerfile-missing' },
        'a bad ignore file': { request: requestOf('bad'), code: 'ignore-file-invalid' },
        'a folder that leads out': {
          request: requestOf('app', { contextSubPath: '../bad' }),
          code: 'context-missing',
        },
      },
      foreign: ['-', 's3://bucket/key', 'https://host/x.tar.gz'],
    },
  ],
  [
    'tar',
    {
      createSource: () => createTarSource(),
      request: requestOf('app.tar.gz'),
      refused: {
        'a file that is not there': { request: requestOf('none.tar'), code: 'context-missing' },
        'one that is cut off': { request: requestOf('cut.tar'), code: 'context-unreadable' },
        'one that is no tar': { request: requestOf('notes.tar'), code: 'context-archive-unsupported' },
        'a Dockerfile that is not in it': {
          request: requestOf('app.tar.gz', { dockerfile: 'none' }),
          code: 'dockerfile-missing',
        },
      },
      foreign: ['-', 'app', 's3://bucket/x.tar'],
    },
  ],
  [
    'stdin',
    {
      createSource: () => createStdinSource(),
      request: requestOf('-', { readStdin: () => read('app.tar.gz') }),
      refused: {
        'no input': { request: requestOf('-'), code: 'stdin-unavailable' },
        'what is no tar': {
          request: requestOf('-', { readStdin: () => read('notes.tar') }),
          code: 'context-archive-unsupported',
        },
      },
      foreign: ['app', 'app.tar', 'https://host/x.tar.gz'],
    },
  ],
];

describe.each(setups)('the %s source', (_kind, setup) => {
  for (const { name, run } of contextSourceContract(setup)) test(name, run);
});
