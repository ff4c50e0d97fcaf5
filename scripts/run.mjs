// Entry of `npm start`, `npm test` and `./kanikit`: works with any Node from 20 up and no installed dependency.
// It installs what is missing, then hands over to the pinned Node inside the workspace.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureWorkspace, pinnedNode, workspaceEnvironment } from './workspace.mjs';

const [task, ...taskArguments] = process.argv.slice(2);
const tasks = {
  start: [inClone('apps/cli/bin/kanikit.mjs'), 'demo'],
  test: [inClone('scripts/tasks/test.mjs')],
  node: [],
  cli: [inClone('apps/cli/bin/kanikit.mjs')],
};
if (!(task in tasks)) {
  process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(tasks).join('|')} [arguments]\n`);
  process.exit(2);
}

await ensureWorkspace({ isQuiet: task === 'cli' });
const child = spawn(pinnedNode, [...tasks[task], ...taskArguments], {
  stdio: 'inherit',
  env: workspaceEnvironment(),
});
// The terminal signals the whole process group: the child decides what an interrupt means, this process only waits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => {
  process.exitCode =
    signal === null ? (code ?? 1) : 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0);
});

/** The command is called from any directory: a path of the clone, not of where the user stands. */
function inClone(path) {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
