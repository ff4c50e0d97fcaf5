import { startOracle } from '../ignore/oracle.ts';
import { listArchive } from '../parts/list-archive.ts';

/** How the files of an archive differ from those that docker would send. */
export interface FileSetVerdict {
  readonly missing: number;
  readonly extra: number;
}

/** What docker's own libraries keep of a tree. */
export async function expectedFiles(root: string, ignore: Buffer): Promise<ReadonlySet<string>> {
  await using oracle = await startOracle(new AbortController().signal);
  const { sent, error } = await oracle.ask({ root, ignore });
  if (error !== undefined) throw new Error(`docker refuses the ignore file of the bench: ${error}`);
  return new Set(sent);
}

export async function judgeArchive(
  file: string,
  ownPaths: readonly string[],
  expected: ReadonlySet<string>,
): Promise<FileSetVerdict> {
  const own = new Set(ownPaths);
  const found = new Set((await listArchive(file)).filter((path) => !own.has(path)));
  const extra = [...found].filter((path) => !expected.has(path)).length;
  return { extra, missing: expected.size - (found.size - extra) };
}
