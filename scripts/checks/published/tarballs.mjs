import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { mustRun, run, runPnpm, tool } from './run.mjs';

/** What must not be in a tarball. */
const unpublished = /\.test(?:-d)?\.|\/fixtures\/|\/testing(?:\/|\.)|\.tsbuildinfo$/;

/** Packs every public package, with workspace versions filled in. */
export async function packAll(folder) {
  mkdirSync(folder, { recursive: true });
  const filters = ['./packages/*', './apps/*', '!@kanikit/testing'].flatMap((name) => ['--filter', name]);
  await runPnpm(['--recursive', ...filters, 'pack', '--pack-destination', folder]);
  return Promise.all(
    readdirSync(folder).map(async (name) => {
      const path = join(folder, name);
      const text = await mustRun('tar', ['-xzOf', path, 'package/package.json']);
      return { path, manifest: JSON.parse(text) };
    }),
  );
}

/** What is wrong with one tarball, in words. */
export async function checkTarball({ path, manifest }) {
  const problems = [];
  const files = (await mustRun('tar', ['-tzf', path])).trim().split('\n');
  const forbidden = files.filter((file) => unpublished.test(file));
  if (forbidden.length > 0) {
    problems.push(
      `${manifest.name}: the tarball holds ${forbidden.length} files of tests, such as ${forbidden[0]}`,
    );
  }
  for (const needed of ['package/LICENSE', 'package/README.md']) {
    if (!files.includes(needed)) problems.push(`${manifest.name}: the tarball has no ${needed.slice(8)}`);
  }
  const tarball = readFileSync(path);
  const { messages, pkg } = await publint({
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
    strict: true,
  });
  problems.push(
    ...messages.map((message) => `${manifest.name}: ${formatMessage(message, pkg, { color: false })}`),
  );
  if (manifest.exports !== undefined) {
    const attw = await run(tool('attw'), ['--profile', 'esm-only', '--format', 'ascii', '--no-color', path]);
    if (attw.code !== 0)
      problems.push(`${manifest.name}: types are not found by every resolver\n${attw.output}`);
  }
  return problems;
}
