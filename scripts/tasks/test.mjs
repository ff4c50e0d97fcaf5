// `npm test`: every gate of the project, in the order of their cost. All of them run; the first failure does not hide the others.
// Gates that mostly wait run beside the unit tests, which mostly compute; what they print comes when they end.
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
  { name: 'dead code', command: ['knip'], isBesideUnit: true },
  { name: 'published shape', command: ['node', 'scripts/checks/published-shape.mjs'], isBesideUnit: true },
  { name: 'unit', command: vitest('unit') },
  { name: 'servers', command: vitest('servers') },
  { name: 'e2e', command: vitest('e2e', 'alone') },
  { name: 'cluster', command: vitest('cluster'), isExtra: true },
].filter((gate) => (only.size === 0 ? gate.isExtra !== true : only.has(gate.name)));

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const results = [];
const hasUnit = gates.some(({ name }) => name === 'unit');
const beside = hasUnit ? gates.filter(({ isBesideUnit }) => isBesideUnit === true) : [];
for (const gate of gates.filter((one) => !beside.includes(one))) {
  process.stdout.write(headOf(gate));
  const other = gate.name === 'unit' ? passBeside() : undefined;
  const result = await passGate(gate, 'inherit');
  process.stdout.write(result.output);
  results.push(result);
  await other;
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

/** The gates beside the unit tests, one after the other. */
async function passBeside() {
  for (const gate of beside) {
    const result = await passGate(gate, 'pipe');
    process.stdout.write(`${headOf(gate)}${result.output}`);
    results.push(result);
  }
}

function headOf({ name, command }) {
  return `\n== ${name}: ${command.slice(0, 3).join(' ')}\n`;
}

async function passGate(gate, outputs) {
  const startedAt = Date.now();
  const { exitCode, output } = await run(gate.command, outputs);
  const report = readReport(gate.name);
  const seconds = (Date.now() - startedAt) / 1000;
  return { ...gate, exitCode, output, seconds, report, ...countTests(report) };
}

/** Runs a command that prints to where this process does, or into `output`. */
function run([command, ...commandArguments], outputs) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      cwd: root,
      stdio: ['ignore', outputs, outputs],
      env: { ...process.env, ...colorSettings(), TURBO_TELEMETRY_DISABLED: '1' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) =>
      resolve({ exitCode: 127, output: `${output}${command}: ${error.message}\n` }),
    );
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output }));
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
