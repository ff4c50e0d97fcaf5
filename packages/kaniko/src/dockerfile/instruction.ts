/** One instruction of a Dockerfile as the executor reads it. */
export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** The whole instruction as the executor logs it. */
  readonly text: string;
  /** 1-based first line. */
  readonly line: number;
  /** The lines of its heredocs, each with its line break, in their order. */
  readonly heredocTexts: readonly string[];
}

/** An instruction taken apart. */
export interface InstructionParts {
  /** Upper case. */
  readonly keyword: string;
  /** `--name=value` words before the arguments, quotes removed. */
  readonly flags: readonly string[];
  /** What follows keyword and flags, trimmed. */
  readonly rest: string;
}

/** Splits an instruction's text into keyword, flags and the rest. */
export function splitInstruction(text: string, escape: string = '\\'): InstructionParts {
  const [, keyword = '', after = ''] = /^([^\t\v\f\r ]*)[\t\v\f\r ]*([^]*)$/.exec(text.trim()) ?? [];
  const { flags, rest } = splitFlags(after, escape);
  return { keyword: keyword.toUpperCase(), flags, rest: rest.trim() };
}

/** The value of `--name=value`; an empty string for a bare `--name`, undefined without the flag. */
export function flagValue(flags: readonly string[], name: string): string | undefined {
  const flag = flags.find((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  return flag?.slice(name.length + 3);
}

/** True for the exec form: a JSON list of strings. */
export function isExecForm(rest: string): boolean {
  const trimmed = rest.trimStart();
  if (!trimmed.startsWith('[')) return false;
  try {
    const value: unknown = JSON.parse(trimmed);
    return Array.isArray(value) && value.every((item) => typeof item === 'string');
  } catch {
    // Not JSON: the executor takes it for a shell command, such as `[ -f x ] && …`.
    return false;
  }
}

function splitFlags(text: string, escape: string): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let position = 0;
  for (;;) {
    while (position < text.length && isBlank(text[position])) position += 1;
    if (!text.startsWith('--', position)) return { flags, rest: text.slice(position) };
    const word = readWord(text, position, escape);
    position = word.end;
    if (word.value === '--') return { flags, rest: text.slice(position) };
    flags.push(word.value);
  }
}

function readWord(text: string, start: number, escape: string): { value: string; end: number } {
  let value = '';
  let quote = '';
  let position = start;
  for (; position < text.length; position += 1) {
    const character = text[position] ?? '';
    if (character === escape) {
      position += 1;
      value += text[position] ?? '';
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else value += character;
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (isBlank(character)) {
      break;
    } else {
      value += character;
    }
  }
  return { value, end: position };
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
