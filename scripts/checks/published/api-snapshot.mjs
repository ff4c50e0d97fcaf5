import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root } from '../../workspace.mjs';
import { run } from './run.mjs';

const snapshots = join(root, 'scripts', 'checks', 'published', 'api');

/** Compares what the installed entries offer with the committed lists, or writes the lists. */
export async function compareApi(folder, entries, isUpdate) {
  const problems = [];
  const current = new Map();
  for (const entry of entries) {
    const { code, output } = await run(pinnedNode, ['--input-type=module', '--eval', importer(entry.name)], {
      cwd: folder,
    });
    if (code !== 0) {
      problems.push(`${entry.name} can't be imported:\n${output}`);
      continue;
    }
    const values = JSON.parse(output);
    const lines = [entry.name, ...values.map((name) => `  ${name}`), ...typesOf(folder, entry, values)];
    current.set(entry.package, [...(current.get(entry.package) ?? []), ...lines]);
  }
  if (problems.length > 0) return problems;
  const files = new Map(
    [...current].map(([name, lines]) => [`${fileName(name)}.txt`, `${lines.join('\n')}\n`]),
  );
  if (isUpdate) return writeSnapshots(files);
  return [...new Set([...files.keys(), ...list()])].flatMap((name) => difference(name, files.get(name)));
}

function importer(name) {
  return `process.stdout.write(JSON.stringify(Object.keys(await import(${JSON.stringify(name)})).sort()))`;
}

/** Exported types stand in the entry's declarations, which list every name. */
function typesOf(folder, entry, values) {
  const text = readFileSync(join(folder, 'node_modules', entry.package, entry.types), 'utf8');
  const names = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, braces]) =>
    braces.split(',').map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .split(' as ')
        .at(-1),
    ),
  );
  const types = [...new Set(names)].filter((name) => name !== '' && !values.includes(name));
  return types.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => `  type ${name}`);
}

function difference(name, actual) {
  const expected = list().includes(name) ? readFileSync(join(snapshots, name), 'utf8') : '';
  if (actual === expected) return [];
  const before = new Set(expected.split('\n'));
  const after = new Set((actual ?? '').split('\n'));
  return [
    [
      `The public API differs from scripts/checks/published/api/${name}; if this is meant: node scripts/checks/published-shape.mjs --update`,
      ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line.trim()}`),
      ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line.trim()}`),
    ].join('\n'),
  ];
}

function writeSnapshots(files) {
  rmSync(snapshots, { recursive: true, force: true });
  mkdirSync(snapshots, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(snapshots, name), text);
  return [];
}

function list() {
  try {
    return readdirSync(snapshots);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function fileName(packageName) {
  return packageName.replace('@kanikit/', '');
}
