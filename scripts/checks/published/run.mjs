import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspaceEnvironment } from '../../workspace.mjs';

/** Longest time one tool may take, in milliseconds. */
const boundMs = 120_000;

/** Runs a program to its end: exit code and everything it printed. */
export function run(command, commandArguments, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd: root,
      env: workspaceEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: boundMs,
      ...options,
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? `signal ${signal}`, output }));
  });
}

/** Runs a program that must succeed. */
export async function mustRun(command, commandArguments, options) {
  const result = await run(command, commandArguments, options);
  if (result.code === 0) return result.output;
  throw new Error(`${command} ${commandArguments.join(' ')}: ended with ${result.code}\n${result.output}`);
}

/** Runs the pinned package manager, which must succeed. */
export async function runPnpm(commandArguments, options) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Set-up already downloaded this very version: neither npx nor pnpm need look for it again.
  const offline = { npm_config_prefer_offline: 'true', pnpm_config_pm_on_fail: 'ignore' };
  const env = { ...workspaceEnvironment(), ...offline };
  return mustRun('npx', ['-y', packageManager, ...commandArguments], { env, ...options });
}

/** A tool of the workspace. */
export function tool(name) {
  return join(root, 'node_modules', '.bin', name);
}

/** Does work for each item, a few at once; results in the order of the items. */
export async function mapLimited(items, limit, work) {
  const results = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
