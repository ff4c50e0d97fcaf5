import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of one of the samples that `kanikit demo` builds. */
export function samplePath(name: string): string {
  return fileURLToPath(new URL(`../../../apps/cli/samples/${name}`, import.meta.url));
}

/** Writes a context of these files and tells its folder. */
export async function writeContext(
  parent: string,
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const folder = join(parent, name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}
