import type { FoundBuild } from '@kanikit/spec';
import type { Colors } from '../text/colors.ts';

const endWords = {
  completed: 'failed',
  cancelled: 'cancelled',
  'oom-killed': 'out of memory',
  evicted: 'evicted',
  'deadline-exceeded': 'too late',
  'node-lost': 'node lost',
  deleted: 'deleted',
  preempted: 'preempted',
  'never-started': 'not started',
} as const;

/** Where a build stands, in a word or two. */
export function phaseWords({ phase }: FoundBuild): string {
  switch (phase.state) {
    case 'pending':
      return phase.reason === undefined ? 'pending' : `pending ${phase.reason}`;
    case 'ended': {
      const { cause, exitCode } = phase.result;
      if (cause !== 'completed') return endWords[cause];
      return exitCode === 0 ? 'built' : `failed (${exitCode ?? '?'})`;
    }
    default:
      return phase.state;
  }
}

export function phaseColor({ phase }: FoundBuild, colors: Colors): (text: string) => string {
  switch (phase.state) {
    case 'pending':
    case 'stopping':
      return colors.warn;
    case 'running':
      return colors.busy;
    default:
      return phase.result.cause === 'completed' && phase.result.exitCode === 0 ? colors.good : colors.bad;
  }
}
