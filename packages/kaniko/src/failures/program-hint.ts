import type { FailureEntry } from './failure-entry.ts';

/** What an exit status means most likely; a program may choose any, so none is certain. */
const statuses: Readonly<Record<string, string>> = {
  '124': 'the time was up (timeout)',
  '126':
    'the command exists, but may not be executed. Check its permissions, its first line and its architecture.',
  '127': 'the command does not exist in the image. Check its spelling and PATH, or install it first.',
  '129': 'the command was ended by SIGHUP',
  '130': 'the command was interrupted (SIGINT)',
  '132':
    'the program used an instruction that the processor of the node does not have (SIGILL). Build for a common processor, or on other nodes (`pod.nodeSelector`).',
  '134':
    'the program gave up by itself (SIGABRT): a failed assertion, or memory that it did not get. Raise `pod.limits.memory` if its last lines speak of memory.',
  '135': 'the program met memory that is not there (SIGBUS): often a full disk or /dev/shm.',
  '136': 'the program divided by zero (SIGFPE)',
  '139':
    'the program crashed (SIGSEGV): a mistake in it, or a binary that does not fit the image (C library, architecture).',
  '141': 'the program wrote to a pipe that nobody reads any more (SIGPIPE)',
  '143':
    'the command was asked to end (SIGTERM): by another command of the step, or by whoever stops the pod.',
};

const signals: Readonly<Record<string, string>> = {
  killed: '137',
  aborted: '134',
  'segmentation fault': '139',
  'bus error': '135',
  'illegal instruction': '132',
  'floating point exception': '136',
  'broken pipe': '141',
  terminated: '143',
  interrupt: '130',
  hangup: '129',
};

const memory =
  'The command was killed, nearly always because its memory was not enough. Raise the memory limit of the pod, or let the command use less (fewer parallel jobs).';

/** What to do about a program that ended with a status or by a signal. */
export function programHint(
  found: FailureEntry,
  status: string | undefined,
  signal: string | undefined,
): string {
  if (found.code !== 'run-failed' && found.code !== 'run-killed') return found.remedy;
  if (signal !== undefined) {
    const [name = ''] = signal.split(' (', 1);
    const known = signals[name];
    if (known === '137') return memory;
    const words = known === undefined ? undefined : statuses[known];
    return words === undefined
      ? 'The reason is in the last lines that the command printed.'
      : sentence(words);
  }
  if (status === '137') return `Exit status 137 means most likely SIGKILL. ${memory}`;
  const words = statuses[status ?? ''];
  if (words === undefined) return found.remedy;
  const isSure = status === '126' || status === '127';
  return isSure
    ? `Exit status ${status}: ${words}`
    : `Exit status ${status} means most likely: ${words.replace(/\.?$/, '.')} The last lines that the command printed tell more.`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.?$/, '.')}`;
}
