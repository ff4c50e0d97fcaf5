import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { KanikitError } from '@kanikit/spec';
import { describeCause, errorCode, quotePath } from '../archive/context-errors.ts';
import { createIgnoreMatcher, type IgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { IgnoreSyntaxError } from '../ignore/ignore-syntax-error.ts';
import { parseIgnoreFile } from '../ignore/parse-ignore-file.ts';

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
export async function loadIgnoreMatcher(root: string, dockerfile: string | undefined): Promise<LoadedRules> {
  const files = [join(root, '.dockerignore')];
  if (dockerfile !== undefined) files.unshift(`${dockerfile}.dockerignore`);
  for (const file of files) {
    const contents = await readIfPresent(file);
    if (contents !== undefined)
      return { matcher: parse(root, file, contents), text: hash('sha256', contents) };
  }
  return { matcher: createIgnoreMatcher([]), text: '' };
}

async function readIfPresent(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw invalid(`reading the ignore file ${quotePath(file)}: ${describeCause(error)}`, error);
  }
}

function parse(root: string, file: string, contents: Buffer): IgnoreMatcher {
  try {
    return createIgnoreMatcher(parseIgnoreFile(contents), process.platform, relative(root, file));
  } catch (error) {
    if (!(error instanceof IgnoreSyntaxError)) throw error;
    throw invalid(
      `reading the ignore file ${quotePath(file)}: line ${error.line}, pattern ${quotePath(error.pattern)}: ${error.reason}`,
      error,
    );
  }
}

function invalid(message: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'ignore-file-invalid',
    message,
    hint: 'Correct the line: docker would refuse the file, too. A backslash before a special character takes its meaning away.',
    cause,
  });
}
