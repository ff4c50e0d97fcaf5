import type { FinalError } from '../log/final-error.ts';
import { assertionViolated, buildFailed, crashed, outOfMemory } from './end-failures.ts';
import type { FailureEntry } from './failure-entry.ts';
import {
  baseImageFailures,
  checkFallback,
  connectionFailures,
  pushFailures,
  pushFallback,
} from './registry-failures.ts';
import { startFailures } from './start-failures.ts';
import { stepFailures } from './step-failures.ts';

const find = (entries: readonly FailureEntry[], text: string): FailureEntry | undefined =>
  entries.find(({ pattern }) => pattern?.test(text));

/** Finds the entry of the catalogue for the executor's last words. */
export function recognizeFailure(kind: FinalError['kind'], text: string): FailureEntry {
  const first = text.split('\n', 1)[0] ?? '';
  switch (kind) {
    case 'usage':
      return find(startFailures, first) ?? buildFailed;
    case 'check':
      return (
        find(startFailures, first) ??
        find(connectionFailures, first) ??
        find(pushFailures, text) ??
        checkFallback
      );
    case 'push':
      return find(connectionFailures, first) ?? find(pushFailures, text) ?? pushFallback;
    case 'panic':
      return find([assertionViolated, outOfMemory], text) ?? crashed;
    case 'logged':
      return (
        find(startFailures, first) ??
        find(stepFailures, first) ??
        find(connectionFailures, first) ??
        buildFailed
      );
    case 'build':
      return recognizeBuildFailure(first);
    default:
      return kind satisfies never;
  }
}

function recognizeBuildFailure(text: string): FailureEntry {
  // What a program did is decided by how it ended; the rest of the text may be a path with any words.
  if (/waiting for process to exit: |starting command: /.test(text))
    return find(stepFailures, text) ?? buildFailed;
  // Only words after the wrappers name the reason; an instruction may be quoted before them.
  return (
    find(startFailures, text) ??
    find(isAboutRegistry(text) ? [...connectionFailures, ...baseImageFailures] : [], text) ??
    find(stepFailures, text) ??
    find(connectionFailures, text) ??
    find(baseImageFailures, text) ??
    buildFailed
  );
}

function isAboutRegistry(text: string): boolean {
  return /\b(?:GET|HEAD|Get|Head) "?https?:\/\/|\/v2\/|mapped registries|no child with platform/.test(text);
}
