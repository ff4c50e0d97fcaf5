import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Modules that a fresh process has loaded after it ran the code. */
function loadedModules(code: string): readonly string[] {
  const script = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve(name, context, next) { const found = next(name, context); seen.push(found.url); return found; } });
    const { createCluster, loadConnection } = await import('@kanikit/kubernetes');
    ${code}
    process.stdout.write(JSON.stringify(seen));`;
  const args = ['--conditions=@kanikit/source', '--input-type=module', '--no-warnings', '-e', script];
  const output = execFileSync(process.execPath, args, {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
  });
  return JSON.parse(output) as string[];
}

const heavy = /node_modules\/(?:\.pnpm\/)?(?:@kubernetes|ws|yaml)[@+/]/;

test('starting up costs no library; a kubeconfig in YAML costs one', () => {
  expect(loadedModules('createCluster').filter((url) => heavy.test(url))).toEqual([]);
  const withYaml = loadedModules(`
    const { writeFileSync, mkdtempSync, rmSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const folder = mkdtempSync(tmpdir() + '/kanikit-import-');
    const file = folder + '/config';
    writeFileSync(file, 'current-context: a\\ncontexts: [{name: a, context: {cluster: c}}]\\nclusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]');
    createCluster(await loadConnection({ env: {}, kubeconfig: file }));
    rmSync(folder, { recursive: true });`);
  const libraries = new Set(withYaml.flatMap((url) => heavy.exec(url)?.[0] ?? []));
  expect([...libraries].every((name) => name.includes('yaml'))).toBe(true);
  expect(libraries.size).toBeGreaterThan(0);
});
