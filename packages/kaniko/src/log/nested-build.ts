import type { Message } from './message.ts';

/** A program that prints the log of another executor: its snapshot lines are not ours. */
export interface NestedBuild {
  isInitialSnapshot: boolean;
  hasStep: boolean;
  isStepEnded: boolean;
  isFinished: boolean;
}

const starts: ReadonlySet<Message['kind']> = new Set([
  'fork',
  'base-name',
  'resolve',
  'stage',
  'stage-deps',
  'unpack',
  'skip-unpack',
  'triggers',
  'credentials',
]);

/** True for a line that only the beginning of a build has. */
export function startsBuild(message: Message): boolean {
  return starts.has(message.kind);
}

/** Follows the other executor by one line. Call it for lines in the executor's format that can't be ours while a program runs. */
export function followNested(nested: NestedBuild | undefined, message: Message): NestedBuild | undefined {
  if (nested === undefined || nested.isFinished) {
    if (!starts.has(message.kind)) return nested;
    return {
      isInitialSnapshot: message.kind === 'unpack',
      hasStep: false,
      isStepEnded: false,
      isFinished: false,
    };
  }
  switch (message.kind) {
    case 'unpack':
    case 'first-snapshot':
      nested.isInitialSnapshot = true;
      break;
    case 'stage':
    case 'clean':
      nested.hasStep = false;
      nested.isInitialSnapshot = false;
      break;
    case 'step':
      nested.hasStep = true;
      nested.isStepEnded = false;
      break;
    case 'skip-push':
    case 'pushed-all':
      nested.isFinished = true;
      break;
    case 'pushed':
      nested.isFinished = !nested.hasStep || nested.isStepEnded;
      break;
    default:
  }
  return nested;
}

/** True when a snapshot line fits the other executor; then it is taken as its own. */
export function takeNestedSnapshot(nested: NestedBuild | undefined): boolean {
  if (nested === undefined || nested.isFinished) return false;
  if (nested.isInitialSnapshot) {
    nested.isInitialSnapshot = false;
    return true;
  }
  if (!nested.hasStep || nested.isStepEnded) return false;
  nested.isStepEnded = true;
  return true;
}
