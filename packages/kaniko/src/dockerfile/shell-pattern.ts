/** A pattern of a shell: a character, `?` for any one, `*` for any number. Neither of the two takes a line break. */
export type ShellPattern = readonly (typeof anyOne | typeof anyNumber | string)[];

const anyOne: unique symbol = Symbol('any one character');
const anyNumber: unique symbol = Symbol('any number of characters');

/** Reads a pattern; a backslash takes the meaning of the character behind it. */
export function parseShellPattern(pattern: string): ShellPattern {
  const parts = pattern.match(/\*+|\\[^]|[^]/gu) ?? [];
  return parts.map((part) => {
    if (part.startsWith('*')) return anyNumber;
    if (part === '?') return anyOne;
    return part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
  });
}

/** How many of the characters from this one on the pattern takes; undefined when it takes none of their beginnings. */
export function prefixLength(
  pattern: ShellPattern,
  characters: readonly string[],
  isGreedy: boolean,
  from: number = 0,
): number | undefined {
  const states = createStates(pattern);
  let length = states.isMatch() ? 0 : undefined;
  for (let at = from; at < characters.length && (isGreedy || length === undefined); at += 1) {
    if (!states.advance(characters[at]!)) break;
    if (states.isMatch()) length = at + 1 - from;
  }
  return length;
}

/** Like `prefixLength`, from the end. */
export function suffixLength(
  pattern: ShellPattern,
  characters: readonly string[],
  isGreedy: boolean,
): number | undefined {
  return prefixLength(pattern.toReversed(), characters.toReversed(), isGreedy);
}

/** Replaces the first of the longest texts that the pattern takes, or all of them, in time that grows with the text times the pattern. */
export function replacePattern(
  pattern: ShellPattern,
  characters: readonly string[],
  { by, isGlobal }: { readonly by: string; readonly isGlobal: boolean },
): string[] {
  const starts = startsOf(pattern, characters);
  const result: string[] = [];
  let end = -1;
  for (let at = 0; at <= characters.length;) {
    const isDone = end >= 0 && !isGlobal;
    const length = isDone || !starts.has(at) ? undefined : prefixLength(pattern, characters, true, at);
    // As in Go, nothing is replaced right behind what was replaced.
    if (length !== undefined && !(length === 0 && at === end)) {
      result.push(by);
      end = at + length;
    }
    if (length !== undefined && length > 0) at += length;
    else {
      if (at < characters.length) result.push(characters[at]!);
      at += 1;
    }
  }
  return result;
}

/** Where matches start: found from the end, in one pass. */
function startsOf(pattern: ShellPattern, characters: readonly string[]): ReadonlySet<number> {
  const states = createStates(pattern.toReversed());
  const starts = new Set<number>();
  for (let at = characters.length; at >= 0; at -= 1) {
    if (at < characters.length) {
      states.advance(characters[at]!);
      states.restart();
    }
    if (states.isMatch()) starts.add(at);
  }
  return starts;
}

/** Follows all ways through a pattern at once. */
function createStates(pattern: ShellPattern): {
  /** Takes a character; false when no way is left. */
  advance(character: string): boolean;
  /** Begins anew here, beside the ways that are open. */
  restart(): void;
  isMatch(): boolean;
} {
  let active = new Uint8Array(pattern.length + 1);
  let next = new Uint8Array(pattern.length + 1);
  const reach = (states: Uint8Array, from: number): void => {
    for (let at = from; ; at += 1) {
      states[at] = 1;
      if (pattern[at] !== anyNumber) return;
    }
  };
  reach(active, 0);
  return {
    advance(character) {
      next.fill(0);
      let isOpen = false;
      for (const [at, part] of pattern.entries()) {
        if (active[at] === 0) continue;
        const isTaken = typeof part === 'string' ? part === character : character !== '\n';
        if (!isTaken) continue;
        isOpen = true;
        reach(next, part === anyNumber ? at : at + 1);
      }
      [active, next] = [next, active];
      return isOpen;
    },
    restart: () => reach(active, 0),
    isMatch: () => active[pattern.length] === 1,
  };
}
