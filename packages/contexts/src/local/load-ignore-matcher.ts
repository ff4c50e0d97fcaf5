import { hash } from 'node:crypto';
import { join, relative } from 'node:path';
import { findEncodingFault } from '@kanikit/archive/dockerfiles';
import { describeCause, errorCode, quotePath } from '@kanikit/archive/errors';
import {
  createIgnoreMatcher,
  type IgnoreMatcher,
  IgnoreSyntaxError,
  parseIgnoreFile,
} from '@kanikit/archive/ignore';
import { KanikitError, type RunContext } from '@kanikit/spec';
import type { FoundDirectory } from './find-directory.ts';
import { readContextFile, RefusedFile } from './read-context-file.ts';

export interface LoadedRules {
  readonly matcher: IgnoreMatcher;
  /** Text that is the same for the same rules. */
  readonly text: string;
}

/**
 * The rules of `<Dockerfile>.dockerignore` beside the Dockerfile, else of `.dockerignore` in the context; never of both.
 *
 * @throws KanikitError `ignore-file-invalid`
 */
export async function loadIgnoreMatcher(
  { root, context }: FoundDirectory,
  dockerfile: string | undefined,
  run: RunContext,
): Promise<LoadedRules> {
  const files = [join(root, '.dockerignore')];
  if (dockerfile !== undefined) files.unshift(`${dockerfile}.dockerignore`);
  for (const file of files) {
    const contents = await readIfPresent(context, file, run);
    if (contents !== undefined)
      return { matcher: parse(root, file, contents), text: hash('sha256', contents) };
  }
  return { matcher: createIgnoreMatcher([]), text: '' };
}

async function readIfPresent(context: string, file: string, run: RunContext): Promise<Buffer | undefined> {
  try {
    return await readContextFile(context, file, run.signal);
  } catch (error) {
    const isRefused = error instanceof RefusedFile;
    if (!isRefused && errorCode(error) === undefined) throw error;
    throw invalid(
      `Reading the ignore file ${quotePath(file)}: ${describeCause(error)}.`,
      (isRefused ? error.hint : undefined) ?? 'Make it a readable file inside of the context, or remove it.',
      isRefused ? error.cause : error,
    );
  }
}

function parse(root: string, file: string, contents: Buffer): IgnoreMatcher {
  const fault = findEncodingFault(contents);
  if (fault !== undefined) {
    throw invalid(
      `Reading the ignore file ${quotePath(file)}: line ${fault.line}: ${fault.reason}.`,
      fault.hint,
    );
  }
  try {
    return createIgnoreMatcher(parseIgnoreFile(contents), process.platform, relative(root, file));
  } catch (error) {
    if (!(error instanceof IgnoreSyntaxError)) throw error;
    throw invalid(
      `Reading the ignore file ${quotePath(file)}: line ${error.line}, pattern ${quotePath(error.pattern)}: ${error.reason}.`,
      'Correct the line: docker would refuse the file, too. A backslash before a special character takes its meaning away.',
      error,
    );
  }
}

function invalid(message: string, hint: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'ignore-file-invalid',
    message,
    hint,
    cause,
  });
}
