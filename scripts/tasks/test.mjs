// `npm test`: every gate of the project, in the order of their cost. All of them run; the first failure does not hide the others.
// `npm test -- cluster` adds nothing else: the suites on a real Kubernetes, which take longer and need root. CI runs both.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace.mjs';
import { failureLines } from './failures.mjs';

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const reports = join(root, '.kanikit', 'reports');
const only = new Set(process.argv.slice(2));
const vitest = (project, ...more) => [
  'vitest',
  'run',
  ...[project, ...more].map((name) => `--project=${name}`),
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(reports, `${project}.json`)}`,
];
const gates = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '-b', '--pretty', 'false'] },
  { name: 'types of checks', command: ['tsc', '-p', 'scripts/checks'] },
  {
    name: 'build',
    command: ['npx', '-y', packageManager, 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only'],
  },
  { name: 'dead code', command: ['knip'] },
  { name: 'published shape', command: ['node', 'scripts/checks/published-shape.mjs'] },
  { name: 'unit', command: vitest('unit') },
  { name: 'servers', command: vitest('servers') },
  { name: 'e2e', command: vitest('e2e', 'alone') },
  { name: 'cluster', command: vitest('cluster'), isExtra: true },
].filter((gate) => (only.size === 0 ? gate.isExtra !== true : only.has(gate.name)));

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const results = [];
for (const gate of gates) {
  process.stdout.write(`\n== ${gate.name}: ${gate.command.slice(0, 3).join(' ')}\n`);
  const startedAt = Date.now();
  const exitCode = await run(gate.command);
  const report = readReport(gate.name);
  const seconds = (Date.now() - startedAt) / 1000;
  results.push({ ...gate, exitCode, seconds, report, ...countTests(report) });
}

process.stdout.write('\n');
for (const { name, exitCode, seconds, passed, failed, skipped } of results) {
  const tests = passed === undefined ? '' : `  ${passed} passed, ${failed} failed, ${skipped} skipped`;
  process.stdout.write(
    `${exitCode === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s${tests}\n`,
  );
}
if (only.size === 0) {
  process.stdout.write('not run: the suites on a real Kubernetes (Linux, root): npm test -- cluster\n');
}
const failures = failureLines(
  results.filter(({ exitCode }) => exitCode !== 0),
  root,
);
if (failures.length > 0) process.stdout.write(`\nfailed:\n${failures.map((line) => `${line}\n`).join('')}`);
const sum = (field) => results.reduce((total, result) => total + (result[field] ?? 0), 0);
const gatesOf = (isPassed) =>
  results.filter((result) => result.passed === undefined && (result.exitCode === 0) === isPassed).length;
const failed = sum('failed') + gatesOf(false);
const broken = results.some((result) => result.exitCode !== 0);
process.stdout.write(
  `\n${sum('passed') + gatesOf(true)} passed, ${failed === 0 && broken ? 1 : failed} failed, ${sum('skipped')} skipped\n`,
);
process.exitCode = broken || sum('skipped') > 0 ? 1 : 0;

function run([command, ...commandArguments]) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...colorSettings(), TURBO_TELEMETRY_DISABLED: '1' },
    });
    child.on('error', (error) => {
      process.stdout.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** vitest colours its output wherever TERM is not "dumb", also that which goes into a file or a log of CI. */
function colorSettings() {
  const isWanted = process.stdout.isTTY || process.env.FORCE_COLOR !== undefined;
  return isWanted ? {} : { NO_COLOR: '1' };
}

function readReport(gate) {
  try {
    return JSON.parse(readFileSync(join(reports, `${gate}.json`), 'utf8'));
  } catch {
    return undefined;
  }
}

function countTests(report) {
  if (report === undefined) return {};
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
