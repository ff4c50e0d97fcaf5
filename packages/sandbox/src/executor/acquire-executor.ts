import { constants } from 'node:fs';
import { access, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExecutorDistribution, KanikitError } from '@kanikit/spec';
import { makeFolder } from '@kanikit/toolkit/folders';
import { keepExecutor, keptFolder, readKeptExecutor, sha256OfFile } from './executor-cache.ts';
import { executorImageNames, pullExecutorFiles } from './executor-image.ts';
import type { ExecutorProgram, ExecutorProgress, ExecutorRequest, ExecutorWay } from './executor-program.ts';
import { withFileLock } from './file-lock.ts';
import { buildGoProgram, type GoBuildProgress } from './go-program.ts';
import { runCommand } from './run-command.ts';

const modulesFolder = fileURLToPath(new URL('../../executor/', import.meta.url));
/** `executor version` answers at once; a program that does not is no executor. */
const versionTimeoutMs = 10_000;

/**
 * Gets the real Kaniko executor for this machine: the user's own, one kept from before, from its image, or built from its Go module, in this
 * order. Several processes at once share one result.
 *
 * Throws `executor-unavailable` with every way that was tried and why it failed.
 */
export async function acquireExecutor(request: ExecutorRequest): Promise<ExecutorProgram> {
  const given = request.path ?? (request.env ?? process.env).KANIKIT_EXECUTOR;
  if (given) return givenExecutor(given, request);
  const kept = await readKeptExecutor(request);
  if (kept.program !== undefined) return kept.program;
  const report = progressReporter(request);
  const folder = keptFolder(request);
  return withFileLock(
    `${folder}.lock`,
    { signal: request.signal, onWait: () => report('kept', 'another process is getting the executor') },
    () => acquireLocked(request, folder, report),
  );
}

type Report = (way: ExecutorWay, detail: string, done?: number, total?: number) => void;

async function acquireLocked(
  request: ExecutorRequest,
  folder: string,
  report: Report,
): Promise<ExecutorProgram> {
  const { program, reason } = await readKeptExecutor(request);
  if (program !== undefined) return program;
  const failures = [`kept from before: ${reason}`];
  const staging = `${folder}.new`;
  for (const [way, attempt] of attempts(request, staging, report)) {
    try {
      // What a killed process left is of no use here, except the compiler's cache, which `build` looks after.
      await rm(join(staging, 'unpacked'), { recursive: true, force: true });
      await makeFolder(staging);
      const { names, source } = await attempt();
      await rm(join(staging, 'unpacked'), { recursive: true, force: true });
      await keepExecutor(request, staging, names, source);
      const result = await readKeptExecutor(request);
      if (result.program !== undefined) return { ...result.program, way };
      failures.push(`${way}: ${result.reason}`);
    } catch (error) {
      request.signal.throwIfAborted();
      failures.push(error instanceof Error ? error.message : String(error));
    } finally {
      if (request.signal.aborted) await rm(staging, { recursive: true, force: true });
    }
  }
  await rm(staging, { recursive: true, force: true });
  throw unavailable(request, failures);
}

type Attempt = () => Promise<{ readonly names: readonly string[]; readonly source: string }>;

function* attempts(
  request: ExecutorRequest,
  staging: string,
  report: Report,
): Generator<readonly [ExecutorWay, Attempt]> {
  const images = executorImageNames(request);
  for (const image of images) {
    yield [
      'image',
      async () => {
        report('image', `asking for ${image}`);
        try {
          return await pullExecutorFiles(image, staging, request, (done, total) =>
            report('image', `pulling ${image}`, done, total),
          );
        } catch (error) {
          request.signal.throwIfAborted();
          throw new Error(`image ${image}: ${messageOf(error)}`, { cause: error });
        }
      },
    ];
  }
  yield ['build', () => buildFromModule(request, staging, report)];
}

async function buildFromModule(
  request: ExecutorRequest,
  staging: string,
  report: Report,
): ReturnType<Attempt> {
  const moduleFolder = join(modulesFolder, `${request.distribution}-${request.version}`);
  const isPinned = await access(moduleFolder).then(
    () => true,
    () => false,
  );
  if (!isPinned) {
    throw new Error(`Go module: none is pinned for ${request.distribution} ${request.version}`);
  }
  try {
    await buildGoProgram({
      moduleFolder,
      packagePath: 'github.com/GoogleContainerTools/kaniko/cmd/executor',
      outputFile: join(staging, 'executor'),
      ldflags: `-s -w -X github.com/GoogleContainerTools/kaniko/pkg/version.version=v${request.version}`,
      signal: request.signal,
      onProgress: (progress) =>
        report('build', describeBuild(progress), progress.done, progress.total ?? undefined),
      ...(request.env && { env: request.env }),
    });
  } catch (error) {
    request.signal.throwIfAborted();
    throw new Error(`Go module: ${messageOf(error)}`, { cause: error });
  }
  return { names: ['executor'], source: `go-module ${request.distribution}-${request.version}` };
}

function describeBuild({ phase, done, total }: GoBuildProgress): string {
  switch (phase) {
    case 'toolchain':
      return 'looking for a Go compiler';
    case 'download':
      return `downloading modules (${done})`;
    case 'compile':
      return `compiling ${done} of ${total} packages`;
    case 'link':
      return 'linking';
    default:
      return phase satisfies never;
  }
}

async function givenExecutor(path: string, request: ExecutorRequest): Promise<ExecutorProgram> {
  try {
    const file = await realpath(path);
    if (!(await stat(file)).isFile()) throw new Error('it is not a file');
    await access(file, constants.X_OK);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(versionTimeoutMs)]);
    const answer = await runCommand(file, ['version'], { signal, cwd: dirname(file) });
    const version = /Kaniko version :\s+v?(\S+)/.exec(answer.output)?.[1];
    if (version === undefined) throw new Error('it does not answer "version" as a Kaniko executor does');
    const help = await runCommand(file, ['--help'], { signal, cwd: dirname(file) });
    return {
      path: file,
      files: [file, ...(await tiniBeside(file))],
      distribution: distributionOf(version, `${help.output}\n${help.errorTail}`),
      version,
      way: 'given',
      sha256: await sha256OfFile(file),
    };
  } catch (error) {
    request.signal.throwIfAborted();
    throw new KanikitError({
      code: 'executor-unavailable',
      message: `Using the given executor ${path} failed: ${messageOf(error)}.`,
      hint: 'Give the path of a Kaniko executor program for this machine, or unset KANIKIT_EXECUTOR.',
      cause: error,
    });
  }
}

/** The fork's image has it beside the executor, and so may a folder of the user's. */
async function tiniBeside(file: string): Promise<readonly string[]> {
  const tini = join(dirname(file), 'tini');
  try {
    await access(tini, constants.X_OK);
    // A folder of that name passes `access`, and can't be put into a pod.
    return (await stat(tini)).isFile() ? [tini] : [];
  } catch {
    return [];
  }
}

/** Who made a program, by its version and its flags. google's last release was 1.24.0; chainguard's lack the flag, the others' have it since 1.24.0-5. */
function distributionOf(version: string, help: string): ExecutorDistribution {
  if (/^[ \t]*--preserve-context\b/m.test(help)) return 'osscontainertools';
  const [release = '', patch] = version.split('-', 2);
  const isLater = release.localeCompare('1.24.0', 'en', { numeric: true }) > 0;
  if (!isLater) return /^\d+$/.test(patch ?? '') ? 'osscontainertools' : 'google';
  return release.startsWith('1.24.') ? 'osscontainertools' : 'chainguard';
}

function progressReporter(request: ExecutorRequest): Report {
  const startedAt = performance.now();
  return (way, detail, done, total) => {
    const progress: ExecutorProgress = {
      way,
      detail,
      elapsedMs: Math.round(performance.now() - startedAt),
      ...(done !== undefined && { done }),
      ...(total !== undefined && { total }),
    };
    request.onProgress?.(progress);
  };
}

function unavailable(request: ExecutorRequest, failures: readonly string[]): KanikitError {
  const tried = ['given path: none (KANIKIT_EXECUTOR is not set)', ...failures];
  return new KanikitError({
    code: 'executor-unavailable',
    message:
      `Getting the Kaniko executor ${request.distribution} ${request.version} failed. Tried:\n` +
      tried.map((line) => `  - ${line}`).join('\n'),
    hint: 'Give one with KANIKIT_EXECUTOR=/path/to/executor, allow access to its registry or to the Go module proxy, or play a recorded build (kanikit demo --simulate).',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
