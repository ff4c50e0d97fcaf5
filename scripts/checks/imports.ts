import { readFileSync } from 'node:fs';

/** One import or re-export of a file. */
export interface Import {
  readonly specifier: string;
  /** `import()`: loaded when it is reached. */
  readonly isDynamic: boolean;
  /** `import type` and `export type`: gone at run time. */
  readonly isTypeOnly: boolean;
  /** Names between the braces that exist at run time. */
  readonly names: readonly string[];
}

const staticPattern =
  /^(?:import|export)\s+(type\s+)?(?:[\w*\s,]*?\{([^}]*)\}|[\w*\s,]+?)\s*from\s*['"]([^'"]+)['"]/gm;
const sideEffectPattern = /^import\s*['"]([^'"]+)['"]/gm;
const dynamicPattern = /\bimport\(\s*['"]([^'"]+)['"]/g;

const cache = new Map<string, readonly Import[]>();

/** The imports of a formatted source file. */
export function importsOf(path: string): readonly Import[] {
  const known = cache.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(path, 'utf8');
  const imports = [
    ...[...text.matchAll(staticPattern)].map(([, type, names, specifier = '']) => ({
      specifier,
      isDynamic: false,
      isTypeOnly: type !== undefined,
      names: runtimeNames(names ?? ''),
    })),
    ...[...text.matchAll(sideEffectPattern)].map(([, specifier = '']) => staticImport(specifier)),
    ...[...text.matchAll(dynamicPattern)].map(([, specifier = '']) => ({
      ...staticImport(specifier),
      isDynamic: true,
    })),
  ];
  cache.set(path, imports);
  return imports;
}

/** The package of a bare specifier: `@scope/name/sub` → `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function staticImport(specifier: string): Import {
  return { specifier, isDynamic: false, isTypeOnly: false, names: [] };
}

function runtimeNames(braces: string): string[] {
  return braces
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(/\s+as\s+/)[0] ?? name);
}
