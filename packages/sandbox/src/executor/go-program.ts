import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KanikitError } from '@kanikit/spec';
import { findGoTool, requiredGoVersion, type GoTool } from './go-tool.ts';
import { runCommand } from './run-command.ts';

/** How far a build is; `total` is undefined while it is not known. */
export interface GoBuildProgress {
  readonly phase: 'toolchain' | 'download' | 'compile' | 'link';
  /** Modules downloaded or packages compiled so far. */
  readonly done: number;
  readonly total: number | undefined;
  readonly elapsedMs: number;
}

/** One Go program, pinned by the `go.mod` and `go.sum` of `moduleFolder`. */
export interface GoProgramOptions {
  readonly moduleFolder: string;
  /** Import path of the main package, e.g. `github.com/google/go-containerregistry/cmd/crane`. */
  readonly packagePath: string;
  /** Where the program goes; appears only when complete. Its folder holds `<name>.work` meanwhile. */
  readonly outputFile: string;
  readonly ldflags?: string;
  readonly onProgress?: (progress: GoBuildProgress) => void;
  readonly signal: AbortSignal;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Wall clock in milliseconds. @default Date.now */
  readonly now?: () => number;
}

/**
 * Builds a static Go program and returns the compiler that did it. Its caches are private and removed (gigabytes otherwise stay), except the
 * machine's own module cache. What a killed build left is used by the next one. Callers that may run at the same time hold a lock.
 *
 * Throws `go-unavailable` without a compiler and `go-build-failed` with the compiler's last lines.
 */
export async function buildGoProgram(options: GoProgramOptions): Promise<GoTool> {
  const work = `${options.outputFile}.work`;
  const report = progressReporter(options);
  await mkdir(work, { recursive: true });
  try {
    report('toolchain', 0, undefined);
    const tool = await findGoTool({
      leastVersion: await requiredGoVersion(options.moduleFolder),
      packageFolder: join(work, 'toolchain'),
      signal: options.signal,
      ...(options.env && { env: options.env }),
    });
    const env = buildEnvironment(options.env ?? process.env, tool, work);
    const total = await countPackages(tool, env, options, report);
    const program = join(work, 'program');
    await compile(tool, env, options, program, total, report);
    await chmod(program, 0o755);
    await mkdir(dirname(options.outputFile), { recursive: true });
    await rename(program, options.outputFile);
    return tool;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

type Report = (phase: GoBuildProgress['phase'], done: number, total: number | undefined) => void;

function progressReporter(options: GoProgramOptions): Report {
  const now = options.now ?? Date.now;
  const startedAt = now();
  return (phase, done, total) => options.onProgress?.({ phase, done, total, elapsedMs: now() - startedAt });
}

function buildEnvironment(base: NodeJS.ProcessEnv, tool: GoTool, work: string): NodeJS.ProcessEnv {
  return {
    ...base,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly -buildvcs=false -modcacherw',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GOOS: '',
    GOARCH: '',
    GOCACHE: join(work, 'build-cache'),
    ...(tool.source === 'package' && { GOPATH: join(work, 'path'), GOMODCACHE: join(work, 'modules') }),
  };
}

/** Lists what the program is made of; this downloads the modules that are missing. */
async function countPackages(
  tool: GoTool,
  env: NodeJS.ProcessEnv,
  options: GoProgramOptions,
  report: Report,
): Promise<number> {
  let downloaded = 0;
  report('download', 0, undefined);
  const result = await runCommand(
    tool.path,
    ['list', '-deps', '-f', '{{.ImportPath}}', options.packagePath],
    {
      cwd: options.moduleFolder,
      env,
      signal: options.signal,
      onErrorLine: (line) => {
        if (line.startsWith('go: downloading ')) report('download', ++downloaded, undefined);
      },
    },
  );
  if (result.exitCode !== 0) throw buildFailed(options, result.errorTail);
  return result.output.split('\n').filter(Boolean).length;
}

async function compile(
  tool: GoTool,
  env: NodeJS.ProcessEnv,
  options: GoProgramOptions,
  program: string,
  total: number,
  report: Report,
): Promise<void> {
  let compiled = 0;
  report('compile', 0, total);
  const ldflags = options.ldflags === undefined ? [] : ['-ldflags', options.ldflags];
  const args = ['build', '-v', '-trimpath', ...ldflags, '-o', program, options.packagePath];
  const result = await runCommand(tool.path, args, {
    cwd: options.moduleFolder,
    env,
    signal: options.signal,
    onErrorLine: (line) => {
      if (line === options.packagePath) report('link', total, total);
      // Package paths hold no blank; compiler messages do.
      else if (!line.includes(' ')) report('compile', Math.min(++compiled, total), total);
    },
  });
  if (result.exitCode !== 0) throw buildFailed(options, result.errorTail);
}

function buildFailed(options: GoProgramOptions, errorTail: string): KanikitError {
  return new KanikitError({
    code: 'go-build-failed',
    message: `Building ${options.packagePath} with Go failed: ${errorTail.trim() || 'the compiler said nothing'}`,
    hint: 'The modules come from the Go module proxy: check the network, HTTPS_PROXY and GOPROXY.',
    retryable: true,
  });
}
