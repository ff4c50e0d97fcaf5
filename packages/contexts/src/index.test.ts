import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('importing the package, and making an S3 store, loads no SDK', () => {
  const entry = fileURLToPath(new URL('index.ts', import.meta.url));
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve(name, context, next) { const found = next(name, context); loaded.push(found.url); return found; } });
    const contexts = await import(${JSON.stringify(entry)});
    const store = contexts.createS3Store({ bucket: 'b' });
    process.stdout.write(JSON.stringify({ description: store.description, sdk: loaded.filter((url) => /aws|smithy/.test(url)), count: loaded.length }));`;
  const output = execFileSync(
    process.execPath,
    ['--conditions=@kanikit/source', '--input-type=module', '-e', script],
    { cwd: fileURLToPath(new URL('.', import.meta.url)) },
  ).toString();
  const result = JSON.parse(output) as { description: string; sdk: string[]; count: number };
  expect(result).toMatchObject({ description: 's3://b/kanikit', sdk: [] });
  expect(result.count).toBeGreaterThan(20);
});
