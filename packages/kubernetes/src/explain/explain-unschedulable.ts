import { executorSpec, type PodObject } from '../api/watch/pod-object.ts';
import { type Explained, withMeaning } from './rule.ts';
import { lessHint, type NodeAsk, type NodeRule, nodeRules, podRules } from './scheduling-rules.ts';

/** Hints told at once: the first ones are about most nodes. */
const largestHintCount = 3;

/** What the scheduler adds where driving out other pods is no way out either: nothing that the reasons do not say. */
const boilerplate =
  /(?:[.,]|(?<! )) *(?:no new claims to deallocate, *)?preemption: 0\/\d+ nodes are available: (?:\d+ (?:Preemption is not helpful for scheduling|No preemption victims found for incoming pod)(?:, )?)+\.?$/;

interface NodeReason {
  readonly count: number;
  readonly words: string;
}

/**
 * Why no node takes a pod, from the scheduler's `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {a: b}. preemption: …`.
 *
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/scheduler/framework/types.go (`FitError`)
 */
export function explainUnschedulable(message: string, pod: PodObject | undefined): Explained {
  const [, total, told = ''] = /^0\/(\d+) nodes are available: (.*)$/s.exec(message) ?? [];
  const body = told
    .replace(/(?:[.,]|(?<! )) *(?:preemption: |no new claims to deallocate).*$/s, '')
    .replace(/\.$/, '');
  // Taints can have any name.
  const words = (total === undefined ? message : body).replaceAll(/\{[^{}]*\}/g, '{}');
  for (const { pattern, means, hint } of podRules) {
    const found = pattern.exec(words);
    if (found !== null) return explained(means(found), [hint(found, ask(pod))], message);
  }
  if (total === undefined)
    return { message, hint: 'Look at the nodes: kubectl get nodes.', isRetryable: false };
  if (total === '0') return explained('the cluster has no nodes', ['Add a node, or wait for one.'], message);
  const reasons = nodeReasons(body).map((reason) => describe(reason, Number(total), pod));
  return explained(
    `no node fits: ${reasons.map(({ words }) => words).join('; ')}`,
    reasons.map(({ hint }) => hint),
    message,
  );
}

function explained(meaning: string, hints: readonly string[], message: string): Explained {
  const told = [...new Set(merged(hints.filter((hint) => hint !== '')))].slice(0, largestHintCount);
  return {
    message: withMeaning(meaning, message.replace(boilerplate, '')),
    hint: told.length === 0 ? undefined : told.join(' '),
    isRetryable: false,
  };
}

/** What is said of several resources is said once. */
function merged(hints: readonly string[]): readonly string[] {
  const less = hints.flatMap((hint) => (hint.startsWith(lessHint) ? [hint.slice(lessHint.length, -1)] : []));
  if (less.length < 2) return hints;
  const all = `${lessHint}${[...new Set(less)].join(', ')}.`;
  return hints.map((hint) => (hint.startsWith(lessHint) ? all : hint));
}

function nodeReasons(body: string): readonly NodeReason[] {
  return body
    .split(/, (?=\d+ )/)
    .flatMap((part) => {
      const [, count, words] = /^(\d+) (.+)$/s.exec(part) ?? [];
      return words === undefined ? [] : [{ count: Number(count), words }];
    })
    .toSorted((left, right) => right.count - left.count);
}

function describe(
  { count, words }: NodeReason,
  total: number,
  pod: PodObject | undefined,
): { readonly words: string; readonly hint: string } {
  const nodes = count === total ? `all ${total} of them: ` : `${count} of ${total}: `;
  const where = total === 1 ? '' : nodes;
  for (const rule of nodeRules) {
    const found = rule.pattern.exec(words);
    if (found !== null) return apply(rule, found, where, pod);
  }
  return { words: `${where}${words.replace(/^node\(s\) /, '')}`, hint: '' };
}

function apply(
  { means, hint }: NodeRule,
  found: RegExpExecArray,
  where: string,
  pod: PodObject | undefined,
): { readonly words: string; readonly hint: string } {
  return { words: `${where}${means(found, ask(pod))}`, hint: hint(found, ask(pod)) };
}

function ask(pod: PodObject | undefined): NodeAsk {
  return {
    requests: (pod === undefined ? undefined : executorSpec(pod)?.resources?.requests) ?? {},
    nodeSelector: pod?.spec?.nodeSelector ?? {},
    hasAffinity: pod?.spec?.affinity !== undefined,
  };
}
