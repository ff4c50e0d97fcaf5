import { namelessWords } from './nameless-words.ts';
import type { PodObject } from '../api/watch/pod-object.ts';

/** What the cluster says: a reason in one word and a sentence. */
export interface ClusterWords {
  readonly reason: string;
  readonly message: string;
}

/** What the cluster's words mean and what to do about it. */
export interface Explained {
  /** What they mean, followed by the words themselves; only the words where these are plain. */
  readonly message: string;
  readonly hint: string | undefined;
  /** True where the same pod may come further later, without a change. */
  readonly isRetryable: boolean;
}

/** A text, or one made of what the pattern found and of what the pod asks for. */
export type RuleText = string | ((found: RegExpExecArray, pod: PodObject | undefined) => string | undefined);

/** One entry of a table of words. Kubernetes has no stable codes for these: the words are the only mark, so a table keeps them in one place. */
export interface Rule {
  /** The reasons it is for. @default all */
  readonly reasons?: readonly string[];
  /** What the message holds; where `isNameless`, what `namelessWords` makes of it. */
  readonly pattern: RegExp;
  /** True for a pattern that a name could fulfil: it sees the message without the names that it quotes. @default false */
  readonly isNameless?: boolean;
  /** What it means, as a clause; absent where the cluster's words are plain. */
  readonly means?: RuleText;
  readonly hint: RuleText;
  readonly isRetryable?: boolean;
}

/** Explains words by the first rule that fits; undefined where none does. */
export function explainBy(
  rules: readonly Rule[],
  { reason, message }: ClusterWords,
  pod: PodObject | undefined,
): Explained | undefined {
  return findRule(rules, { reason, message }, pod)?.explained;
}

/** The first rule that fits, and what it makes of the words. */
export function findRule<R extends Rule>(
  rules: readonly R[],
  { reason, message }: ClusterWords,
  pod?: PodObject,
): { readonly rule: R; readonly explained: Explained } | undefined {
  const words = withoutLogTrouble(message);
  let plain: string | undefined;
  const nameless = (): string => (plain ??= namelessWords(words));
  for (const rule of rules) {
    if (rule.reasons?.includes(reason) === false) continue;
    const found = rule.pattern.exec(rule.isNameless === true ? nameless() : words);
    if (found === null) continue;
    const text = (of: RuleText | undefined): string | undefined =>
      typeof of === 'function' ? of(found, pod) : of;
    const explained = {
      message: withMeaning(text(rule.means), words),
      hint: text(rule.hint),
      isRetryable: rule.isRetryable ?? false,
    };
    return { rule, explained };
  }
  return undefined;
}

/** `no node has room (0/3 nodes are available: …)`. */
export function withMeaning(meaning: string | undefined, words: string): string {
  const own = plainWords(words);
  if (meaning === undefined) return own;
  return own === '' ? meaning : `${meaning} (${own.replace(/\.$/, '')})`;
}

/** The words without the kubelet's own trouble with the log, which it puts behind those that matter. */
function withoutLogTrouble(words: string): string {
  return words.replace(/(?:: )?Error on reading termination message from logs: .*$/s, '');
}

/** The words without what the parts of a cluster say to each other. */
export function plainWords(words: string): string {
  return withoutLogTrouble(words)
    .replaceAll(/rpc error: code = \w+ desc = /g, '')
    .replace(/^Back-off pulling image "[^"]*": ErrImagePull: /, '')
    .replace(/^(?:Error|Failed to pull image "[^"]*"): /, '')
    .trim();
}
