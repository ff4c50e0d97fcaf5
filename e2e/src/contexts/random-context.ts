import type { SeededRandom } from '@kanikit/testing';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface RandomContext {
  readonly root: string;
  /** Content of the ignore file that counts. */
  readonly ignore: string;
  /** As the user names it. */
  readonly dockerfile: string;
  /** A folder that the first stage of the build fills and later ones copy from, named as rules may be. */
  readonly stageFolder: string;
}

const names: readonly string[] =
  'a|b|src|dist|node_modules|x.js|y.log|y.txt|main.go|.git|.env|docs|with blank|[b]|c*|d?|e\\f|#g|!h|ö|e\u0301|文件|.kanikit|context.tar'.split(
    '|',
  );
/** What people write, and what executors read wrongly; backslashes are for ignore files to read. */
const rules: readonly string[] = String.raw`
**/node_modules   **/node_modules/   node_modules   **/dist/   *.log   **/*.log   **/*.js   *   **   a   a/   /b
src/**   src/*   **/a/**   a/*/b   */*   **/.git   .*   ?   [a-b]   Dockerfile   Dockerfile*   .dockerignore
**/Dockerfile   ci   ./docs   docs/../src   # comment   \#g   \!h   with blank   c\*   \[b\]   ö   e\\f   文*   out   first`
  .trim()
  .split(/ {3}|\n/);

/** A tree with an ignore file and a Dockerfile in one of the places that people have for them. */
export function makeRandomContext(root: string, random: SeededRandom): RandomContext {
  mkdirSync(root);
  for (let count = 5 + random.below(40); count > 0; count -= 1) makeEntry(root, random);
  const ignore = randomRules(random);
  const place = random.pick(['Dockerfile', 'Dockerfile', 'Dockerfile.dev', 'ci/Dockerfile']);
  const stageFolder = random.pick(['out', 'first', 'node_modules', 'a', 'dist', 'src']);
  const dockerfile = [
    'FROM scratch AS first',
    `COPY . /${stageFolder}/`,
    'FROM scratch',
    'COPY . /out/',
    `COPY --from=first /${stageFolder} /again/`,
  ];
  writeFile(root, place, `${dockerfile.join('\n')}\n`);
  const ignoreFile = random.chance(0.3) ? `${place}.dockerignore` : '.dockerignore';
  if (ignoreFile !== '.dockerignore' && random.chance(0.5)) writeFile(root, '.dockerignore', '**\n');
  writeFile(root, ignoreFile, ignore);
  return { root, ignore, dockerfile: place, stageFolder };
}

function makeEntry(root: string, random: SeededRandom): void {
  const path = Array.from({ length: 1 + random.below(4) }, () => random.pick(names)).join('/');
  try {
    const luck = random.next();
    if (luck < 0.1) {
      mkdirSync(join(root, path), { recursive: true });
      chmodSync(join(root, path), random.pick([0o755, 0o700, 0o777]));
    } else if (luck < 0.2) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      // No name of the list, since links in a circle make the executor leave out files.
      symlinkSync(random.pick(['/absolute', 'dangling', '..', '.']), join(root, path));
    } else {
      writeFile(root, path, `${path} ${random.next()}`, random.pick([0o644, 0o755, 0o600, 0o444]));
    }
  } catch (error) {
    // Something else has the name, or is where a folder would be.
    if (!/EEXIST|ENOTDIR|EISDIR|ELOOP|ENOENT/.test(String(error))) throw error;
  }
}

function writeFile(root: string, path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content, { flag: 'wx' });
  chmodSync(join(root, path), mode);
}

function randomRules(random: SeededRandom): string {
  const lines = Array.from({ length: 2 + random.below(6) }, () => {
    const name = random.pick(['', '', '**/', '*/', '/']) + random.pick(names.slice(0, 12));
    const rule = random.chance(0.5) ? random.pick(rules) : name + random.pick(['', '', '/', '/*', '/**']);
    return random.chance(0.25) ? `!${rule}` : rule;
  });
  return lines.join(random.chance(0.1) ? '\r\n' : '\n');
}
