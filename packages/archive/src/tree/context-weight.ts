import type { ContextWarning } from '@kanikit/spec';
import { quotePath } from '../errors/context-errors.ts';
import type { PackEntry } from './pack-entry.ts';

/** Less than this is not worth a word. */
const notableBytes = 4 * 1024 * 1024;

const heavyFolders = [
  { name: '.git', start: '.git/', inside: '/.git/', code: 'context-mostly-git' },
  {
    name: 'node_modules',
    start: 'node_modules/',
    inside: '/node_modules/',
    code: 'context-mostly-node-modules',
  },
] as const;

/** A file or link, or a directory, which weighs nothing. */
export type WeighedEntry = Pick<PackEntry, 'kind' | 'path' | 'sizeBytes' | 'isEmptied'>;

/** What to do about a folder that should not be sent. */
export type WeightAdvice = (folder: string) => string;

const ignoreIt: WeightAdvice = (folder) =>
  `Add the line **/${folder} to .dockerignore if the build does not need them.`;

/** Counts what is sent, and how much of it is in folders that seldom belong into a context. */
export interface ContextWeight {
  readonly files: number;
  readonly bytes: number;
  add(entry: WeighedEntry): void;
  warnings(): readonly ContextWarning[];
}

export function createContextWeight(advice: WeightAdvice = ignoreIt): ContextWeight {
  const inFolder = heavyFolders.map(() => 0);
  let files = 0;
  let bytes = 0;
  let emptied = 0;
  let firstEmptied = '';
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
      if (entry.isEmptied === true && (emptied += 1) === 1) firstEmptied = entry.path;
      bytes += entry.sizeBytes;
      const index = heavyFolders.findIndex(
        ({ start, inside }) => entry.path.startsWith(start) || entry.path.includes(inside),
      );
      if (index !== -1) inFolder[index]! += entry.sizeBytes;
    },
    warnings() {
      const heavy = heavyFolders.flatMap(({ name, code }, index) => {
        const share = inFolder[index]!;
        if (share < notableBytes || share * 2 <= bytes) return [];
        const megabytes = (count: number): string => `${(count / 1e6).toFixed(1)} MB`;
        const message = `${megabytes(share)} of the context's ${megabytes(bytes)} are in ${name}`;
        return [{ code, message, hint: advice(name) }];
      });
      return emptied === 0 ? heavy : [...heavy, emptiedWarning(firstEmptied, emptied)];
    },
  };
}

function emptiedWarning(path: string, count: number): ContextWarning {
  const others = count === 1 ? '' : ` and ${count - 1} more`;
  return {
    code: 'context-file-emptied',
    message: `${quotePath(path)}${others} is sent without its content, as docker build sends it: an exception in the ignore file brings it back, and a later rule ignores a directory above it.`,
    hint: 'Write the exception after that rule, or remove the exception.',
  };
}
