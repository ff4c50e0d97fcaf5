import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/** A text that makes an expression work: `before`, then `repeated` very often, then `after`. */
export interface HostileText {
  readonly before: string;
  readonly repeated: string;
  readonly after: string;
}

/** One character of each kind, to see which of them a class takes. */
const kinds = Array.from('a0 -_A/"\\\t\r\n\u001b:.,=[](){}<>+@#$%&*!?\'`~;^|\u0000\u00e9\u0900✓');
/** A run is followed by a character that hardly any class takes, by a letter, or by one that a class of the expression refuses. */
const endings = ['\u0000', 'x'];

/**
 * Texts that reach every repetition and every sequence inside of an expression, each as a long run with another character behind. They are derived
 * from the expression's own syntax: a run of one character finds `\r+$`, a run of words finds `not .* found`.
 */
export function hostileTexts(source: string, flags: string): HostileText[] {
  const isUnicode = flags.includes('u');
  const hasSets = flags.includes('v');
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, {
    unicode: isUnicode,
    unicodeSets: hasSets,
  });
  const found = new Map<string, HostileText>();
  const samples = createSampler(flags.replaceAll(/[gyd]/g, ''));
  const last = new Set([...endings, ...samples.refused(pattern)]);
  const add = (before: string, repeated: string): void => {
    if (repeated === '') return;
    for (const after of last) {
      const text = { before, repeated, after };
      found.set(JSON.stringify(text), text);
    }
  };
  /** A run at the start of the text, one in its middle, one behind what must come first, and that together as the run. */
  const addAll = (before: string, repeated: string): void => {
    add('', repeated);
    add('\u0000', repeated);
    if (before === '') return;
    add(before, repeated);
    add('', before + repeated);
  };
  const visitElements = (elements: readonly AST.Element[], before: string): void => {
    const tokens = mergeLiterals(elements, samples.of);
    let reached = before;
    for (let from = 0; from < tokens.length; from += 1) {
      let run = '';
      for (let to = from; to < Math.min(tokens.length, from + 4); to += 1) {
        run += tokens[to]?.text ?? '';
        addAll(reached, run);
      }
      reached += tokens[from]?.text ?? '';
    }
    reached = before;
    for (const { element, text } of tokens) {
      if (element) visitElement(element, reached);
      reached += text;
    }
  };
  const visitElement = (element: AST.Element, before: string): void => {
    if (element.type === 'Quantifier') {
      for (const sample of samples.of(element.element)) addAll(before, sample);
      visitElement(element.element, before);
    } else if ('alternatives' in element) {
      const first = element.alternatives.slice(0, 4).map((one) => sequence(one.elements, samples.of));
      for (const one of first) for (const other of first) if (one !== other) add(before, one + other);
      for (const one of element.alternatives) visitElements(one.elements, before);
    }
  };
  for (const alternative of pattern.alternatives) visitElements(alternative.elements, '');
  return [...found.values()];
}

type Sample = (element: AST.Element) => readonly string[];

interface Sampler {
  /** Texts that an element takes. */
  readonly of: Sample;
  /** For each class of an expression a character that it does not take. */
  readonly refused: (pattern: AST.Pattern) => readonly string[];
}

function createSampler(flags: string): Sampler {
  const known = new Map<string, { readonly some: readonly string[]; readonly refused: string | undefined }>();
  const look = (raw: string): { readonly some: readonly string[]; readonly refused: string | undefined } => {
    const cached = known.get(raw);
    if (cached) return cached;
    const expression = new RegExp(`^(?:${raw})$`, flags);
    const candidates = [...new Set([...kinds, ...Array.from(raw)])];
    const all = candidates.filter((character) => expression.test(character));
    const result = {
      // A class that takes more than these is met well enough with a few of them.
      some: all.length > 4 ? [...all.slice(0, 2), ...all.slice(-2)] : all,
      refused: candidates.find((character) => !expression.test(character)),
    };
    known.set(raw, result);
    return result;
  };
  const of: Sample = (element) => {
    switch (element.type) {
      case 'Character':
        return [String.fromCodePoint(element.value)];
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass':
        return look(element.raw).some;
      case 'Group':
      case 'CapturingGroup':
        return element.alternatives.slice(0, 12).map((one) => sequence(one.elements, of));
      case 'Quantifier': {
        const least = Math.min(Math.max(element.min, 1), 40);
        return of(element.element).map((sample) => sample.repeat(least));
      }
      default:
        return [''];
    }
  };
  return {
    of,
    refused(pattern) {
      const found: string[] = [];
      const onClass = ({ raw }: { raw: string }): void => {
        const { refused } = look(raw);
        if (refused !== undefined) found.push(refused);
      };
      const onSet = ({ kind }: AST.CharacterSet): void => {
        if (kind === 'any') found.push('\n', '\r');
      };
      visitRegExpAST(pattern, { onCharacterClassEnter: onClass, onCharacterSetEnter: onSet });
      return found;
    },
  };
}

function sequence(elements: readonly AST.Element[], of: Sample): string {
  return elements.map((element) => of(element)[0] ?? '').join('');
}

/** Letters that follow each other are one word. */
function mergeLiterals(
  elements: readonly AST.Element[],
  of: Sample,
): { text: string; element: AST.Element | undefined }[] {
  const tokens: { text: string; element: AST.Element | undefined }[] = [];
  for (const element of elements) {
    const text = of(element)[0] ?? '';
    const last = tokens.at(-1);
    if (element.type === 'Character' && last && last.element === undefined) last.text += text;
    else tokens.push({ text, element: element.type === 'Character' ? undefined : element });
  }
  return tokens;
}
