import type { PodObject } from '../api/watch/pod-object.ts';
import { explainUnschedulable } from './explain-unschedulable.ts';
import { imageRules, pullSecretRules } from './image-rules.ts';
import { scalingRules } from './scaling-rules.ts';
import { type ClusterWords, explainBy, type Explained, type Rule, withMeaning } from './rule.ts';
import { shortWords } from '../api/client/short-words.ts';
import { injectedHint, setupRules } from './setup-rules.ts';

const rules: readonly Rule[] = [...imageRules, ...setupRules, ...pullSecretRules, ...scalingRules];

/** What goes on where nothing is wrong. */
const settingUp: Readonly<Record<string, string>> = {
  ContainerCreating: 'its node sets it up (image, volumes, network)',
  PodInitializing: 'containers that run before the executor are not done',
};

/** What it means that a pod waits, or what an event about it tells. */
export function explainWaiting({ reason, message }: ClusterWords, pod: PodObject | undefined): Explained {
  const words = { reason, message: shortWords(message) };
  switch (words.reason) {
    case 'Unschedulable':
    case 'FailedScheduling':
      return explainUnschedulable(words.message, pod);
    case 'SchedulingGated':
      return explainGates(words, pod);
    case 'SchedulerError':
      return plain(withMeaning('the scheduler had an error, and tries again', words.message));
    case 'ContainerCreating':
    case 'PodInitializing':
      return plain(withMeaning(settingUp[words.reason], words.message));
    default:
      return (
        explainInit(words) ?? explainBy(rules, words, pod) ?? plain(withMeaning(undefined, words.message))
      );
  }
}

/** Init containers are not of kanikit's making: what is said of them is told without the executor's name. */
function explainInit({ reason, message }: ClusterWords): Explained | undefined {
  const [, name, own] = /^init container ([^ :]+): (.*)$/s.exec(message) ?? [];
  if (name === undefined || own === undefined) return undefined;
  const inner = explainBy([...imageRules, ...setupRules], { reason, message: own }, undefined);
  const told = inner?.message ?? withMeaning(undefined, own);
  return {
    message: `init container ${name}: ${told}`,
    hint: [inner?.hint, injectedHint(name)].filter(Boolean).join(' '),
    isRetryable: inner?.isRetryable ?? false,
  };
}

function explainGates({ message }: ClusterWords, pod: PodObject | undefined): Explained {
  const names = (pod?.spec?.schedulingGates ?? []).map(({ name }) => name).join(', ');
  const queue = /kueue/.test(names) ? ' It is a queue of Kueue: the pod comes up when it is its turn.' : '';
  return {
    message: withMeaning(
      `the pod is held back by a scheduling gate${names === '' ? '' : `: ${names}`}`,
      message,
    ),
    hint: `Whoever put the gate on it opens it.${queue}`,
    isRetryable: false,
  };
}

function plain(message: string): Explained {
  return { message, hint: undefined, isRetryable: false };
}
