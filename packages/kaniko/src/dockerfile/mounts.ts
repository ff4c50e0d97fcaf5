import { flagValue, splitInstruction } from './instruction.ts';

/** A `--mount` of a `RUN`. */
export interface RunMount {
  /** Lower case; `bind` where none is said. */
  readonly type: string;
  /** The value of an option in any of its spellings; an empty string for one without a value, undefined where it is not given. */
  readonly option: (...names: readonly string[]) => string | undefined;
}

/** The mounts of an instruction; none for one that is no `RUN`. */
export function mountsOf(instruction: string, escape?: string): RunMount[] {
  const { keyword, flags } = splitInstruction(instruction, escape);
  return keyword === 'RUN' ? mountsOfFlags(flags) : [];
}

/** The mounts among the flags of a `RUN`. */
export function mountsOfFlags(flags: readonly string[]): RunMount[] {
  return flags
    .filter((flag) => flag.startsWith('--mount='))
    .map((flag) => {
      const options = (flagValue([flag], 'mount') ?? '').split(',').map((part) => {
        const [key = '', ...value] = part.split('=');
        return [key.trim().toLowerCase(), value.join('=')] as const;
      });
      const option = (...names: readonly string[]): string | undefined =>
        options.findLast(([key]) => names.includes(key))?.[1];
      return { type: (option('type') ?? 'bind').toLowerCase(), option };
    });
}
