import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root } from '../../workspace.mjs';
import { run, runPnpm, tool } from './run.mjs';

const compilerOptions = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
};

/**
 * Installs tarballs into an empty project, as a user's package manager does.
 *
 * @param wanted packages that the project names itself; the others are theirs. @default all
 */
export async function createConsumer(folder, tarballs, wanted) {
  mkdirSync(folder, { recursive: true });
  const links = Object.fromEntries(tarballs.map(({ path, manifest }) => [manifest.name, `file:${path}`]));
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  write(folder, 'package.json', {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies:
      wanted === undefined ? links : Object.fromEntries(wanted.map((name) => [name, links[name]])),
    devDependencies: { '@types/node': devDependencies['@types/node'] },
  });
  // JSON is YAML: the overrides make packages find each other in the tarballs and not in a registry.
  write(folder, 'pnpm-workspace.yaml', { packages: ['.'], overrides: links });
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-frozen-lockfile', '--reporter=append-only'];
  await runPnpm(['install', ...flags], { cwd: folder });
  return folder;
}

/** Every public entry: `{ name: '@kanikit/contexts/s3', package: '@kanikit/contexts', types: 'dist/s3/index.d.ts' }`. */
export function entriesOf(tarballs) {
  return tarballs.flatMap(({ manifest }) =>
    Object.entries(manifest.exports ?? {})
      .filter(([subpath]) => subpath !== './package.json')
      .map(([subpath, target]) => ({
        name: manifest.name + subpath.slice(1),
        package: manifest.name,
        types: target.types,
      })),
  );
}

/** A program of a user who has the SDK only, and exports what it gives. */
const exporting = `
import { createContexts, createKanikit, diagnose, minimalRole } from '@kanikit/sdk';

export const kanikit = await createKanikit();
export const { cluster } = kanikit;
export const request = { context: '.', destinations: ['registry.example.com/team/app:1'] };
export const builds = () => kanikit.builds();
export const inspect = () => kanikit.inspect('api');
export const logs = () => kanikit.logs('api');
export const attach = () => kanikit.attach('api');
export const cancel = () => kanikit.cancel('api');
export const prune = () => kanikit.prune();
export const plan = () => kanikit.plan(request);
export const build = () => kanikit.build(request);
export const failureOf = async () => (await kanikit.build(request)).failure;
export const start = () => kanikit.start(request);
export const eventsOf = async () => await Array.fromAsync(kanikit.start(request).events);
export const pushesOf = async () => (await eventsOf()).filter((event) => event.type === 'push-end');
export const report = () => diagnose();
export const role = () => minimalRole({ namespace: 'builds' });
export const contexts = await createContexts();
export const open = () => contexts.open({ context: '.' });
export const push = async () => contexts.push(await open());
export const listOf = async () => (await open()).list;
`;

/** Writes declarations of a program that exports what the SDK gives, where pnpm lets it reach the SDK and nothing below. */
export async function checkDeclarations(folder, tarballs) {
  await createConsumer(folder, tarballs, ['@kanikit/sdk']);
  writeFileSync(join(folder, 'exporting.ts'), exporting);
  write(folder, 'tsconfig.json', {
    compilerOptions: {
      ...compilerOptions,
      lib: [...compilerOptions.lib, 'esnext.array'],
      declaration: true,
      emitDeclarationOnly: true,
      outDir: 'out',
    },
    files: ['exporting.ts'],
  });
  const { code, output } = await run(tool('tsc'), ['-p', folder, '--pretty', 'false']);
  return code === 0 ? [] : [`What the SDK gives can not be named by who has the SDK only:\n${output}`];
}

/** Packages whose examples need nothing but themselves. */
const runnable = new Set(['@kanikit/spec', '@kanikit/kaniko']);

/** Compiles a program that uses every entry, and the examples of the READMEs, declarations of dependencies included; runs what can run anywhere. */
export async function checkTypes(folder, entries, tarballs) {
  const lines = entries.flatMap(({ name }, index) => [
    `import * as entry${index} from '${name}';`,
    `export const names${index}: readonly string[] = Object.keys(entry${index});`,
  ]);
  writeFileSync(join(folder, 'consumer.ts'), `${lines.join('\n')}\n`);
  const examples = writeExamples(folder, tarballs);
  write(folder, 'tsconfig.json', {
    compilerOptions: { ...compilerOptions, noEmit: true },
    files: ['consumer.ts', ...examples.map(({ name }) => name)],
  });
  const { code, output } = await run(tool('tsc'), ['-p', folder, '--pretty', 'false']);
  if (code !== 0)
    return [`A program with every entry and the examples of the READMEs does not compile:\n${output}`];
  const runs = examples
    .filter(({ isRunnable }) => isRunnable)
    .map(async ({ name }) => ({ name, ...(await run(pinnedNode, [name], { cwd: folder })) }));
  return (await Promise.all(runs))
    .filter((result) => result.code !== 0)
    .map((result) => `The example ${result.name} does not run:\n${result.output}`);
}

function writeExamples(folder, tarballs) {
  const readmes = [
    { name: 'workspace', path: join(root, 'README.md') },
    ...tarballs.map(({ manifest: { name } }) => ({
      name,
      path: join(folder, 'node_modules', name, 'README.md'),
    })),
  ];
  return readmes.flatMap(({ name, path }) => {
    if (!existsSync(path)) return [];
    const blocks = [...readFileSync(path, 'utf8').matchAll(/^```ts\n([^]*?)^```$/gm)];
    return blocks.map(([, code], index) => {
      const file = `example-${name.replace(/\W+/g, '-')}-${index + 1}.ts`;
      writeFileSync(join(folder, file), `${code}export {};\n`);
      return { name: file, isRunnable: runnable.has(name) };
    });
  });
}

/** Runs the command as it was installed. */
export async function runInstalledCommand(folder, tarballs) {
  const published = tarballs.find(({ manifest }) => manifest.bin?.kanikit !== undefined);
  if (published === undefined) return ['No package brings the kanikit command.'];
  const { name, version, bin } = published.manifest;
  const path = join(folder, 'node_modules', name, bin.kanikit);
  const { code, output } = await run(pinnedNode, [path, '--version'], { cwd: folder });
  return code === 0 && output.includes(version)
    ? []
    : [`The installed command does not tell its version ${version}: exit ${code}\n${output}`];
}

function write(folder, name, value) {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}
