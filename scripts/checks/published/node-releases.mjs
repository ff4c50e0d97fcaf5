// The packed packages on every release of Node that they promise to run on: the command, its sandbox with a build, and the SDK's example. The demo
// and the bundles are the same code once more: they run on the pinned release.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { pinnedNode, root } from '../../workspace.mjs';
import { mapLimited, mustRun, run } from './run.mjs';

/** The one that the workspace pins, which takes longest; the oldest supported release, and the newest of its line. */
const releases = ['pinned', '22.12.0', '22.23.5'];

/** Releases at once: half of the time of a build is spent on waiting. */
const releasesAtOnce = 2;

/** Longest time of one program on one release: a first run compiles the executor from its Go module. */
const boundMs = 600_000;

/** What is wrong on some release, in words. */
export async function runOnReleases(consumer, tarballs) {
  const command = join(consumer, 'node_modules', 'kanikit', manifestOf(tarballs, 'kanikit').bin.kanikit);
  const place = {
    consumer,
    command,
    scripts: await writeScripts(consumer),
    importCheck: importCheck(consumer, tarballs),
  };
  const problems = await mapLimited(releases, releasesAtOnce, async (release) => {
    const isPinned = release === 'pinned';
    const found = await runOn(await nodeOf(release), { ...place, isPinned });
    return found.map((problem) => `On Node ${release}: ${problem}`);
  });
  return problems.flat();
}

/** A release of Node, from its npm package for this machine; kept in the user's cache folder. */
async function nodeOf(release) {
  if (release === 'pinned') return pinnedNode;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'kanikit', 'node', release);
  const path = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  await mustRun('npm', ['install', '--no-audit', '--no-fund', '--no-save', `${name}@${release}`], {
    cwd: folder,
  });
  return path;
}

/** Tells how a build ends whose bundle lacks `require`. */
const withoutRequire = `import { createKanikit } from '@kanikit/sdk';
const kanikit = await createKanikit();
const request = { context: process.env.CONTEXT, destinations: [process.env.IMAGE] };
const failure = await kanikit.build(request).catch((error) => error);
await kanikit.close();
console.log(failure.code, failure.hint);
`;

/** The README's example as plain JavaScript, and bundled into one file as docs/bundling.md says. */
async function writeScripts(consumer) {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const example = /^```ts\n([^]*?)^```$/m.exec(readme)?.[1];
  if (example === undefined) throw new Error('The README has no example of the SDK.');
  writeFileSync(join(consumer, 'example.mjs'), example);
  const recipe = readFileSync(join(root, 'docs', 'bundling.md'), 'utf8');
  const banner = /--banner:js="([^"]+)"/.exec(recipe)?.[1];
  if (banner === undefined) throw new Error('docs/bundling.md names no banner.');
  const shared = {
    entryPoints: [join(consumer, 'example.mjs')],
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  };
  const bundles = [
    { outfile: join(consumer, 'bundle.mjs'), format: 'esm', banner: { js: banner } },
    { outfile: join(consumer, 'bundle.cjs'), format: 'cjs' },
  ];
  writeFileSync(join(consumer, 'without-require-source.mjs'), withoutRequire);
  // Top-level await, which the example has, is no CommonJS: there a function is around it.
  const [imports, body] = example.split(/\n\n([^]*)/);
  writeFileSync(join(consumer, 'example-function.mjs'), `${imports}\nvoid (async () => {\n${body}\n})();\n`);
  await Promise.all([
    build({ ...shared, ...bundles[0] }),
    build({ ...shared, ...bundles[1], entryPoints: [join(consumer, 'example-function.mjs')] }),
    build({
      ...shared,
      entryPoints: [join(consumer, 'without-require-source.mjs')],
      outfile: join(consumer, 'without-require.mjs'),
      format: 'esm',
    }),
  ]);
  return ['example.mjs', 'bundle.mjs', 'bundle.cjs'].map((name) => join(consumer, name));
}

/** A name that a module of Node does not have on some release fails before any line runs, and only where the file is loaded. */
function importCheck(consumer, tarballs) {
  const wanted = new Map();
  for (const { manifest } of tarballs) {
    for (const path of filesBelow(join(consumer, 'node_modules', manifest.name, 'dist'))) {
      for (const [, names, module] of readFileSync(path, 'utf8').matchAll(
        /^import\s+(?:[\w$]+\s*,\s*)?\{([^}]*)\}\s*from\s*'(node:[^']+)'/gm,
      )) {
        const list = names.split(',').map((name) => name.trim().split(/\s+as\s+/)[0]);
        wanted.set(module, new Set([...(wanted.get(module) ?? []), ...list.filter((name) => name !== '')]));
      }
    }
  }
  const table = JSON.stringify([...wanted].map(([module, names]) => [module, [...names]]));
  return `for (const [name, names] of ${table}) {
    const exported = await import(name);
    for (const wanted of names) if (!(wanted in exported)) throw new Error(name + ' does not export ' + wanted);
  }`;
}

/** Runs all steps of a release on data folders of its own; the sandbox, which needs Linux, is removed whatever happened. */
async function runOn(node, { consumer, command, scripts, importCheck, isPinned }) {
  const home = mkdtempSync(join(tmpdir(), 'kanikit-release-'));
  const env = { ...process.env, XDG_DATA_HOME: home, NO_COLOR: '1' };
  const attempt = async (what, args, more = {}) => {
    const options = { cwd: consumer, env: { ...env, ...more }, timeout: boundMs };
    const { code, output } = await run(node, args, options);
    if (code !== 0) throw new Error(`${what} ends with ${code}:\n${output}`);
    return output;
  };
  try {
    await attempt('what the packages import of Node', ['--input-type=module', '--eval', importCheck]);
    await attempt('"kanikit --version"', [command, '--version']);
    await attempt('"kanikit demo --simulate"', [command, 'demo', '--simulate', '--progress', 'plain']);
    if (process.platform === 'linux') await buildInSandbox({ consumer, command, scripts, isPinned }, attempt);
    return [];
  } catch (error) {
    return [error.message];
  } finally {
    if (process.platform === 'linux') await run(node, [command, 'sandbox', 'reset'], { cwd: consumer, env });
    rmSync(home, { recursive: true, force: true });
  }
}

async function buildInSandbox({ consumer, command, scripts, isPinned }, attempt) {
  if (isPinned) await attempt('"kanikit demo"', [command, 'demo', '--progress', 'plain']);
  else await attempt('"kanikit sandbox up"', [command, 'sandbox', 'up']);
  const { sandbox } = JSON.parse(
    await attempt('"kanikit sandbox status"', [command, 'sandbox', 'status', '--json']),
  );
  const { registry, baseImage, kubeconfig, dockerConfig } = sandbox;
  const sample = join(root, 'apps', 'cli', 'samples', 'hello');
  const build = ['build', sample, '--sandbox', '--quiet', '--build-arg', `BASE=${baseImage}`];
  const digest = await attempt('"kanikit build"', [
    command,
    ...build,
    '--tag',
    `${registry}/published/hello:1`,
  ]);
  if (!digest.includes('sha256:')) throw new Error(`"kanikit build --quiet" prints no digest:\n${digest}`);
  const context = mkdtempSync(join(tmpdir(), 'kanikit-context-'));
  try {
    writeFileSync(join(context, 'Dockerfile'), `FROM ${baseImage}\nRUN echo built\n`);
    for (const path of isPinned ? scripts : scripts.slice(0, 1)) {
      const name = basename(path);
      const image = `${registry}/published/${name.replace('.', '-')}:1`;
      const output = await attempt(`the SDK's ${name}`, [path], {
        KUBECONFIG: kubeconfig,
        DOCKER_CONFIG: dockerConfig,
        IMAGE: image,
        CONTEXT: context,
      });
      if (!/succeeded sha256:/.test(output)) throw new Error(`The SDK's ${name} builds nothing:\n${output}`);
    }
    if (!isPinned) return;
    const places = { KUBECONFIG: kubeconfig, IMAGE: `${registry}/published/none:1`, CONTEXT: context };
    const bundle = join(consumer, 'without-require.mjs');
    const output = await attempt('a bundle without require', [bundle], places);
    if (!/^library-broken .*bundling\.md/m.test(output))
      throw new Error(`A bundle without require says:\n${output}`);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name));
}

function manifestOf(tarballs, name) {
  return tarballs.find(({ manifest }) => manifest.name === name).manifest;
}
