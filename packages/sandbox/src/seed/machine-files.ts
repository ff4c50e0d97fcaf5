import { execFile } from 'node:child_process';
import { open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { ifExists } from '../registry/atomic-file.ts';

/** A file of this machine, and where it goes in the image. */
export interface MachineFile {
  readonly source: string;
  /** Absolute path in the image. */
  readonly target: string;
  /** Set when the image has the same file already, under this path. */
  readonly sameAs?: string;
}

const folders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
const runLimitMs = 20_000;

/** Finds the tools that this machine has, and every library they are linked with, the loader included. */
export async function findMachineFiles(
  tools: readonly string[],
  signal: AbortSignal,
): Promise<MachineFile[]> {
  const programs: MachineFile[] = [];
  const placed = new Map<string, string>();
  for (const name of tools) {
    const source = await findProgram(name);
    if (source === undefined) continue;
    const target = `/usr/bin/${name}`;
    const sameAs = placed.get(source);
    placed.set(source, sameAs ?? target);
    programs.push({ source, target, ...(sameAs === undefined ? {} : { sameAs }) });
  }
  const libraries = await findLibraries([...placed.keys()], signal);
  await addNameService(libraries);
  const found = await Promise.all(
    [...libraries].map(async (path) => ({ source: await realpath(path), target: mergedPath(path) })),
  );
  return [...programs, ...found];
}

/** The real file behind a program's name; only ELF programs and scripts for `/bin/sh` can run in the image. */
async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = await ifExists(realpath(join(folder, name)));
    if (path === undefined) continue;
    const start = await readStart(path);
    if (start.startsWith('\u007fELF') || /^#! ?(?:\/usr)?\/bin\/sh\s/.test(start)) return path;
  }
  return undefined;
}

async function readStart(path: string): Promise<string> {
  await using handle = await open(path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(32), 0, 32, 0);
  return buffer.toString('latin1', 0, bytesRead);
}

/** Libraries of the programs, and the loader that finds them; none for static programs and scripts. */
async function findLibraries(programs: readonly string[], signal: AbortSignal): Promise<Set<string>> {
  const loader = await findLoader(programs, signal);
  if (loader === undefined) return new Set();
  // What `ldd` does for one program in several processes; the loader of every Linux C library has this option.
  const loop = 'loader=$1; shift; for program; do "$loader" --list "$program"; done';
  return new Set([loader, ...paths(await run('sh', ['-c', loop, 'sh', loader, ...programs], signal))]);
}

/** The loader, as `ldd` names it for the first program that is not static. */
async function findLoader(programs: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  for (const program of programs) {
    const loader = paths(await run('ldd', [program], signal)).find((path) => /\/ld[^/]*\.so/.test(path));
    if (loader !== undefined) return loader;
  }
  return undefined;
}

/** Paths in the output of `ldd` and of the loader. */
function paths(output: string): string[] {
  return [...output.matchAll(/(?:=>[ \t]+|^[ \t]+)(\/\S+)[ \t]+\(0x/gm)].map((match) => match[1] ?? '');
}

async function run(file: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const options = { signal, timeout: runLimitMs, env: { ...process.env, LC_ALL: 'C' } };
    execFile(file, [...args], options, (error, stdout) => {
      // An exit code is an answer (not every file is dynamic); anything else means that the program did not run.
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(stdout);
    });
  });
}

/** The C library before 2.34 loads the reader of `/etc/passwd` by itself, so `ldd` does not know it. */
async function addNameService(libraries: Set<string>): Promise<void> {
  const libc = [...libraries].find((path) => path.endsWith('/libc.so.6'));
  if (libc === undefined) return;
  const reader = join(dirname(libc), 'libnss_files.so.2');
  if ((await ifExists(realpath(reader))) !== undefined) libraries.add(reader);
}

/** The image has `/lib` and its siblings as links into `/usr`, as current distributions do. */
function mergedPath(path: string): string {
  return path.replace(/^\/(?=(?:lib|lib32|lib64|libx32|bin|sbin)\/)/, '/usr/');
}
