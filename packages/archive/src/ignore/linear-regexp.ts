import type { RegexpTerm } from './parse-go-regexp.ts';

type State =
  | { readonly kind: 'rune'; readonly takes: (rune: string) => boolean; readonly next: number }
  | { readonly kind: 'assertion'; readonly source: string; readonly next: number }
  | { readonly kind: 'fork'; readonly next: number; readonly other: number }
  | { readonly kind: 'end' };

/** Follows all ways through an expression at once, a rune at a time: no text takes longer than its length times that of the expression. */
export function compileLinearRegexp(
  alternatives: readonly (readonly RegexpTerm[])[],
): (text: string) => boolean {
  const states: State[] = [];
  const starts = alternatives.map((terms) => {
    const start = states.length;
    for (const term of terms) addTerm(states, term);
    states.push({ kind: 'end' });
    return start;
  });
  return (text) => search(states, starts, Array.from(text));
}

function search(states: readonly State[], starts: readonly number[], runes: readonly string[]): boolean {
  let active: readonly number[] = [];
  for (let at = 0; at <= runes.length; at += 1) {
    const rune = runes[at];
    // A match may begin anywhere: `^` is a term like others.
    const reached = follow(states, [...starts, ...active], runes[at - 1], rune);
    if (reached === undefined) return true;
    if (rune === undefined) return false;
    active = reached.filter((state) => state.takes(rune)).map((state) => state.next);
  }
  return false;
}

/** The states that wait for a rune, or undefined where the end is reached. */
function follow(
  states: readonly State[],
  from: readonly number[],
  before: string | undefined,
  after: string | undefined,
): readonly Extract<State, { kind: 'rune' }>[] | undefined {
  const waiting: Extract<State, { kind: 'rune' }>[] = [];
  const seen = new Set(from);
  for (const number of seen) {
    const state = states[number]!;
    switch (state.kind) {
      case 'rune': {
        waiting.push(state);
        break;
      }
      case 'assertion': {
        if (holds(state.source, before, after)) seen.add(state.next);
        break;
      }
      case 'fork': {
        seen.add(state.next).add(state.other);
        break;
      }
      case 'end': {
        return undefined;
      }
    }
  }
  return waiting;
}

function holds(assertion: string, before: string | undefined, after: string | undefined): boolean {
  if (assertion === '^') return before === undefined;
  if (assertion === '$') return after === undefined;
  const isBorder = isWord(before) !== isWord(after);
  return assertion === '\\b' ? isBorder : !isBorder;
}

const isWord = (rune: string | undefined): boolean => rune !== undefined && /^\w$/.test(rune);

function addTerm(states: State[], term: RegexpTerm): void {
  const { least, most } = term;
  for (let count = 0; count < least; count += 1) addOnce(states, term);
  if (most === undefined) {
    const fork = states.push({ kind: 'end' }) - 1;
    addOnce(states, term);
    const next = states.push({ kind: 'fork', next: fork, other: fork });
    states[fork] = { kind: 'fork', next: fork + 1, other: next };
    return;
  }
  for (let count = least; count < most; count += 1) {
    const fork = states.push({ kind: 'end' }) - 1;
    addOnce(states, term);
    states[fork] = { kind: 'fork', next: fork + 1, other: states.length };
  }
}

function addOnce(states: State[], { kind, source, literal }: RegexpTerm): void {
  const at = states.length;
  if (kind === 'assertion') states.push({ kind, source, next: at + 1 });
  else if (kind === 'folders') {
    states.push(
      { kind: 'fork', next: at + 1, other: at + 2 },
      { kind: 'rune', takes: (rune) => rune !== '\n', next: at },
      { kind: 'rune', takes: (rune) => rune === '/', next: at + 3 },
    );
  } else states.push({ kind: 'rune', takes: createRuneTest(source, literal), next: at + 1 });
}

function createRuneTest(source: string, literal: string | undefined): (rune: string) => boolean {
  if (literal !== undefined) return (rune) => rune === literal;
  const regexp = (lastClass?.source === source ? lastClass : undefined) ?? {
    source,
    test: new RegExp(`^${source}$`, 'v'),
  };
  lastClass = regexp;
  return (rune) => regexp.test.test(rune);
}

/** Thousands of `?` in a row need one expression. */
let lastClass: { readonly source: string; readonly test: RegExp } | undefined;
