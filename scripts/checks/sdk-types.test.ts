import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from './workspace-packages.ts';

/** A program that exports what the SDK gives, by types that the compiler has to write down. */
const program = `
import { createContexts, createKanikit, diagnose, isBuildError, isKanikitError, KanikitError, minimalRole } from '@kanikit/sdk';
import type { ContextSource, ContextStore, CredentialSource, Cluster, EventEnvelope, LayerStartEvent } from '@kanikit/sdk';

export const kanikit = await createKanikit();
export const { cluster } = kanikit;
export const request = { context: '.', destinations: ['registry.example.com/team/app:1'] };
export const result = await kanikit.build(request);
export const { failure, kept, detached, attempts } = result;
export const run = kanikit.start(request);
export const events = await Array.fromAsync(run.events);
export const pushes = events.filter((event) => event.type === 'push-end');
export const runResult = await run.result;
export const plans = await kanikit.plan(request);
export const found = await kanikit.builds();
export const inspected = await kanikit.inspect('api');
export const cancelled = await kanikit.cancel('api');
export const lines = await Array.fromAsync(kanikit.logs('api'));
export const pruned = await kanikit.prune();
export const report = await diagnose();
export const role = await minimalRole({ namespace: 'builds' });
export const contexts = await createContexts();
export const opened = await contexts.open({ context: '.' });
export const packed = opened.pack({}, { signal: AbortSignal.timeout(1), now: Date.now });
export const pushed = await contexts.push(opened);
export const entries = opened.list?.({}, { signal: AbortSignal.timeout(1), now: Date.now });
export const inner = (error: unknown) => (isBuildError(error) ? error.result.failure?.step : isKanikitError(error) && error);
export const own = new KanikitError({ code: 'context-missing', message: 'No disk.' });
export type Plugins = [ContextSource, ContextStore, CredentialSource, Cluster, EventEnvelope, LayerStartEvent];
`;

const folder = mkdtempSync(join(tmpdir(), 'kanikit-sdk-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  // As pnpm lays it out: the dependencies of the SDK can be reached from the SDK only.
  mkdirSync(join(folder, 'node_modules', '@kanikit'), { recursive: true });
  symlinkSync(join(root, 'packages/sdk'), join(folder, 'node_modules/@kanikit/sdk'));
  mkdirSync(join(folder, 'node_modules', '@types'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'program.ts'), program);
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'esnext.array'],
    module: 'nodenext',
    types: ['node'],
    customConditions: ['@kanikit/source'],
    allowImportingTsExtensions: true,
    // Else the compiler sees where links lead to, and names files by their path.
    preserveSymlinks: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: 'out',
    skipLibCheck: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
});

it('everything that the SDK gives has a name in the SDK alone', { timeout: 120_000 }, async () => {
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await promisify(execFile)(tsc, ['-p', folder, '--pretty', 'false']).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout.split('\n').filter((line) => line.startsWith('program.ts'))).toEqual([]);
  const written = readFileSync(join(folder, 'out/program.d.ts'), 'utf8');
  const packages = [...written.matchAll(/(?:from '|import\(")([^'"]*)/g)].map(([, name]) => name);
  expect(packages).toContain('@kanikit/sdk');
  expect(packages.filter((name) => name !== '@kanikit/sdk')).toEqual([]);
});

it('the SDK has every type of the vocabulary', () => {
  const namesIn = (path: string): ReadonlySet<string> =>
    new Set(
      [...readFileSync(join(root, path), 'utf8').matchAll(/export type \{([^}]*)\}/g)].flatMap(
        ([, names = '']) => names.split(',').map((name) => name.trim()),
      ),
    );
  const inSdk = namesIn('packages/sdk/src/index.ts');
  expect([...namesIn('packages/spec/src/index.ts')].filter((name) => !inSdk.has(name))).toEqual([]);
});
