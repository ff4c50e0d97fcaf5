import type { FinalError } from '../log/final-error.ts';
import { assertionViolated, buildFailed, crashed, outOfMemory } from './end-failures.ts';
import { contextCause, contextFailures } from './context-failures.ts';
import { downloadFailures } from './download-failures.ts';
import type { FailureEntry } from './failure-entry.ts';
import { registryCause } from './registry-cause.ts';
import {
  baseImageFailures,
  checkFallback,
  connectionFailures,
  imageFailures,
  pushFailures,
  pushFallback,
} from './registry-failures.ts';
import { startFailures } from './start-failures.ts';
import { stepFailures } from './step-failures.ts';

const find = (entries: readonly FailureEntry[], text: string | undefined): FailureEntry | undefined =>
  text === undefined ? undefined : entries.find(({ pattern }) => pattern?.test(text));

const secretFailures = stepFailures.filter(({ code }) => code === 'secret-missing');

/** What fails before the first registry is asked. */
const containerCheck = startFailures.filter(({ code }) => code === 'container-not-detected');

/** Finds the entry of the catalogue for the executor's last words. Rules about registries see what was said, and none of the names. */
export function recognizeFailure(kind: FinalError['kind'], text: string): FailureEntry {
  const first = text.split('\n', 1)[0] ?? '';
  switch (kind) {
    case 'usage':
      return (
        find(contextFailures, contextCause(first)) ??
        find(secretFailures, first) ??
        find(startFailures, first) ??
        buildFailed
      );
    case 'check': {
      const cause = registryCause(text);
      return (
        find(containerCheck, first) ??
        find(connectionFailures, cause) ??
        find(pushFailures, cause) ??
        checkFallback
      );
    }
    case 'push': {
      const cause = registryCause(text);
      return find(connectionFailures, cause) ?? find(pushFailures, cause) ?? pushFallback;
    }
    case 'panic':
      return find([assertionViolated, outOfMemory], text) ?? crashed;
    case 'logged':
      return (
        find(startFailures, first) ??
        find(stepFailures, first) ??
        find(connectionFailures, registryCause(first)) ??
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
  const cause = registryCause(text);
  const isDownload = text.includes('failed to execute command: ') && cause?.startsWith('answer ') !== true;
  if (isDownload && cause !== undefined)
    return find(stepFailures, text) ?? find(downloadFailures, cause) ?? buildFailed;
  return (
    find(startFailures, text) ??
    find([...connectionFailures, ...baseImageFailures], cause) ??
    find(imageFailures, text) ??
    find(stepFailures, text) ??
    buildFailed
  );
}
