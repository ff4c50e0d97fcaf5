// The published shape: every public package is packed, checked, installed into an empty project, imported and type-checked there.
// `--update` writes the API snapshots (scripts/checks/published/api) instead of comparing with them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareApi } from './published/api-snapshot.mjs';
import {
  checkDeclarations,
  checkTypes,
  createConsumer,
  entriesOf,
  runInstalledCommand,
} from './published/consumer.mjs';
import { runOnReleases } from './published/node-releases.mjs';
import { mapLimited } from './published/run.mjs';
import { checkTarball, packAll } from './published/tarballs.mjs';
import { checkThreads } from './published/threads.mjs';

const isUpdate = process.argv.includes('--update');
const folder = mkdtempSync(join(tmpdir(), 'kanikit-published-'));
const problems = [];
try {
  const tarballs = await step('pack', () => packAll(join(folder, 'tarballs')));
  const lists = await step('check tarballs', () => mapLimited(tarballs, 2, checkTarball));
  problems.push(...lists.flat());
  const consumer = await step('install', () => createConsumer(join(folder, 'consumer'), tarballs));
  const entries = entriesOf(tarballs);
  problems.push(...(await step('import', () => compareApi(consumer, entries, isUpdate))));
  problems.push(...(await step('types', () => checkTypes(consumer, entries, tarballs))));
  const exporting = join(folder, 'exporting');
  problems.push(...(await step('declarations', () => checkDeclarations(exporting, tarballs))));
  problems.push(...(await step('command', () => runInstalledCommand(consumer, tarballs))));
  problems.push(...(await step('threads', () => checkThreads(consumer))));
  problems.push(...(await step('Node releases', () => runOnReleases(consumer, tarballs))));
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function step(name, work) {
  const startedAt = Date.now();
  const result = await work();
  process.stdout.write(`${name.padEnd(15)} ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
  return result;
}
