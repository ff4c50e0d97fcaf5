import type { ContextWarning } from '@kanikit/spec';
import type { PackEntry } from './pack-entry.ts';

/** Less than this is not worth a word. */
const notableBytes = 4 * 1024 * 1024;

const heavyFolders = [
  { name: '.git', code: 'context-mostly-git' },
  { name: 'node_modules', code: 'context-mostly-node-modules' },
] as const;

/** Counts what is sent, and how much of it is in folders that seldom belong into a context. */
export interface ContextWeight {
  readonly files: number;
  readonly bytes: number;
  add(entry: PackEntry): void;
  warnings(): readonly ContextWarning[];
}

export function createContextWeight(): ContextWeight {
  const inFolder = heavyFolders.map(() => 0);
  let files = 0;
  let bytes = 0;
  return {
    get files() {
      return files;
    },
    get bytes() {
      return bytes;
    },
    add(entry) {
      if (entry.kind === 'directory') return;
      files += 1;
      bytes += entry.sizeBytes;
      const index = heavyFolders.findIndex(({ name }) => isIn(name, entry.path));
      if (index !== -1) inFolder[index]! += entry.sizeBytes;
    },
    warnings() {
      return heavyFolders.flatMap(({ name, code }, index) => {
        const share = inFolder[index]!;
        if (share < notableBytes || share * 2 <= bytes) return [];
        return [warnOf(code, name, share, bytes)];
      });
    },
  };
}

function isIn(folder: string, path: string): boolean {
  const at = path.indexOf(`${folder}/`);
  return at === 0 || path.includes(`/${folder}/`);
}

function warnOf(code: string, folder: string, share: number, bytes: number): ContextWarning {
  const megabytes = (count: number): string => `${(count / 1e6).toFixed(1)} MB`;
  return {
    code,
    message: `${megabytes(share)} of the context's ${megabytes(bytes)} are in ${folder}`,
    hint: `Add the line **/${folder} to .dockerignore if the build does not need them.`,
  };
}
