import type { ContextEntry } from '@kanikit/spec';

/** Paths that are named as the biggest. */
const largestCount = 8;
const heavyFolders = ['.git', 'node_modules'] as const;

export interface ContextTotals {
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly hardlinks: number;
  /** Bytes of content that would be sent. */
  readonly bytes: number;
  /** Bytes that rules leave out. */
  readonly ignoredBytes: number;
}

export interface RuleSummary {
  readonly file: string;
  readonly line: number;
  readonly pattern: string;
  /** Files, and directories as a whole. */
  readonly paths: number;
  readonly bytes: number;
}

export interface ContextSummary {
  readonly totals: ContextTotals;
  /** The largest directories at the context's top, largest first. */
  readonly largestFolders: readonly Weighed[];
  /** The largest files, largest first. */
  readonly largestFiles: readonly Weighed[];
  /** What is in folders that seldom belong into a context. */
  readonly heavyFolders: readonly Weighed[];
  /** In the order of the ignore file. */
  readonly rules: readonly RuleSummary[];
  readonly secrets: readonly { readonly path: string; readonly kind: string }[];
}

interface Weighed {
  readonly path: string;
  readonly bytes: number;
}

/** Adds up a context entry by entry, in little memory. */
export interface ContextCounter {
  add(entry: ContextEntry): void;
  summary(): ContextSummary;
}

export function createContextCounter(): ContextCounter {
  const counts = { file: 0, directory: 0, symlink: 0, hardlink: 0 };
  let [bytes, ignoredBytes] = [0, 0];
  let largestFiles: readonly Weighed[] = [];
  const inFolder = new Map<string, number>();
  const inHeavy = new Map<string, number>();
  const rules = new Map<string, RuleSummary>();
  const secrets: { path: string; kind: string }[] = [];

  const addIgnored = ({ sizeBytes }: ContextEntry, rule: NonNullable<ContextEntry['ignoredBy']>): void => {
    const key = `${rule.file}:${rule.line}`;
    const known = rules.get(key) ?? { ...rule, paths: 0, bytes: 0 };
    ignoredBytes += sizeBytes;
    rules.set(key, { ...known, paths: known.paths + 1, bytes: known.bytes + sizeBytes });
  };
  return {
    add(entry) {
      const { path, type, sizeBytes, secret, ignoredBy } = entry;
      if (ignoredBy !== undefined) return addIgnored(entry, ignoredBy);
      counts[type] += 1;
      if (secret !== undefined) secrets.push({ path, kind: secret });
      if (sizeBytes === 0) return;
      bytes += sizeBytes;
      const end = path.indexOf('/');
      if (end !== -1) addTo(inFolder, path.slice(0, end + 1), sizeBytes);
      const heavy = heavyFolders.find((name) => `/${path}`.includes(`/${name}/`));
      if (heavy !== undefined) addTo(inHeavy, heavy, sizeBytes);
      if (sizeBytes > (largestFiles.at(largestCount - 1)?.bytes ?? 0)) {
        largestFiles = largest([...largestFiles, { path, bytes: sizeBytes }]);
      }
    },
    summary: () => ({
      totals: {
        files: counts.file,
        directories: counts.directory,
        symlinks: counts.symlink,
        hardlinks: counts.hardlink,
        bytes,
        ignoredBytes,
      },
      largestFolders: largest(weighed(inFolder)),
      largestFiles,
      heavyFolders: weighed(inHeavy),
      rules: [...rules.values()].sort((left, right) => left.line - right.line),
      secrets,
    }),
  };
}

function addTo(sums: Map<string, number>, key: string, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes);
}

function weighed(sums: ReadonlyMap<string, number>): readonly Weighed[] {
  return [...sums].map(([path, bytes]) => ({ path, bytes }));
}

function largest(all: readonly Weighed[]): readonly Weighed[] {
  return [...all].sort((left, right) => right.bytes - left.bytes).slice(0, largestCount);
}
