// Set-up of a clone: dependencies (pnpm through npx), the pinned Node, the compiled packages.
// Plain JavaScript for Node 20, no dependency: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isWindows = process.platform === 'win32';
export const pinnedNode = join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node');
const installStamp = join(root, 'node_modules', '.kanikit-install');
const buildStamp = join(root, '.kanikit', 'built');

/** Environment in which the workspace's own Node and tools come first. */
export function workspaceEnvironment() {
  const first = [dirname(pinnedNode), join(root, 'node_modules', '.bin')];
  return { ...process.env, PATH: [...first, process.env.PATH].join(delimiter) };
}

/** Installs and builds what is missing or older than its sources; does nothing otherwise. */
export async function ensureWorkspace({ isQuiet = false } = {}) {
  ensureInstalled(isQuiet);
  ensureBuilt(isQuiet);
}

function ensureInstalled(isQuiet) {
  const wanted = hashOf(manifests());
  if (existsSync(pinnedNode) && existsSync(installStamp) && readFileSync(installStamp, 'utf8') === wanted)
    return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  say(isQuiet, `Setting up: installing dependencies with ${packageManager} (once, about 20 s) ...`);
  run(
    isWindows ? 'npx.cmd' : 'npx',
    ['-y', packageManager, 'install', '--frozen-lockfile'],
    process.env,
    isQuiet,
  );
  writeFileSync(installStamp, wanted);
}

function ensureBuilt(isQuiet) {
  if (existsSync(buildStamp) && newestSource() <= statSync(buildStamp).mtimeMs) return;
  say(isQuiet, 'Setting up: compiling ...');
  const startedAt = new Date();
  run(join(root, 'node_modules', '.bin', 'tsc'), ['-b', 'apps/cli'], workspaceEnvironment(), isQuiet);
  mkdirSync(dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, startedAt.toISOString());
}

function manifests() {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name, 'package.json')),
  );
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'e2e/package.json']
    .map((name) => join(root, name))
    .concat(folders.filter((path) => existsSync(path)));
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex');
}

function newestSource() {
  let newest = 0;
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else newest = Math.max(newest, statSync(path).mtimeMs);
    }
  };
  for (const parent of ['packages', 'apps']) {
    for (const name of readdirSync(join(root, parent))) {
      const source = join(root, parent, name, 'src');
      if (existsSync(source)) visit(source);
    }
  }
  return newest;
}

function run(command, commandArguments, env, isQuiet) {
  const result = spawnSync(command, commandArguments, {
    cwd: root,
    env,
    // Set-up talks on stderr: the output of what was asked for stays clean.
    stdio: isQuiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
    shell: isWindows,
  });
  if (result.status === 0) return;
  if (isQuiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  process.stderr.write(
    `kanikit: set-up failed: ${command} ${commandArguments.join(' ')}: ${result.error?.message ?? `exit ${result.status}`}\n`,
  );
  process.exit(1);
}

function say(isQuiet, text) {
  // Set-up talk goes to stderr so that the output of `./kanikit … --json` stays clean.
  if (!isQuiet || process.stderr.isTTY) process.stderr.write(`${text}\n`);
}
