// The threads that pack contexts, from the packed packages, from bundles, and where none may be started.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { pinnedNode } from '../../workspace.mjs';
import { run } from './run.mjs';

/** Prints the digest of a context, and how many threads took part. */
const script = `import { createLocalSource } from '@kanikit/contexts/local';
const threads = [];
process.on('worker', (thread) => threads.push(new Promise((resolve) => thread.once('message', resolve))));
// A thread that is not up yet keeps no process from its end.
const waiting = setInterval(() => {}, 1000);
void (async () => {
  const at = { signal: new AbortController().signal, now: Date.now };
  const request = { reference: 'packed', workingDirectory: process.cwd() };
  const { parts, summary } = (await createLocalSource().open(request, at)).pack({ cut: 'stream' }, at);
  for await (const part of parts) {
    await part.read();
    await Promise.all(threads);
  }
  console.log((await summary).digest, threads.length);
  clearInterval(waiting);
})();
`;

/** What is wrong, in words. */
export async function checkThreads(consumer) {
  plant(join(consumer, 'packed'));
  const source = join(consumer, 'threads.mjs');
  writeFileSync(source, script);
  const shared = { entryPoints: [source], bundle: true, platform: 'node', logLevel: 'error' };
  const bundled = { outfile: join(consumer, 'threads-bundle.cjs'), format: 'cjs' };
  const small = {
    outfile: join(consumer, 'threads-small.cjs'),
    format: 'cjs',
    minify: true,
    keepNames: true,
  };
  await Promise.all([build({ ...shared, ...bundled }), build({ ...shared, ...small })]);
  const [plain, none, ...others] = await Promise.all(
    [[source], ['--permission', '--allow-fs-read=*', source], [bundled.outfile], [small.outfile]].map(
      async (args) => (await run(pinnedNode, args, { cwd: consumer })).output.trim(),
    ),
  );
  const digest = plain.split(' ')[0];
  const problems = [plain, ...others].filter(
    (output) => !/^sha256:\w+ [1-9]$/.test(output) || !output.startsWith(digest),
  );
  if (none !== `${digest} 0`) problems.push(none);
  return problems.map(
    (output) => `Packing with threads, from packages and bundles, and without, said: ${output}`,
  );
}

function plant(folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  for (let index = 0; index < 12; index += 1)
    writeFileSync(join(folder, `large-${index}`), `${index} `.repeat(350_000));
}
