/** One flag of a command. */
export interface Flag {
  /**
   * `list` may be repeated; `choice` takes one of `choices`; `pairs` takes `K=V` and may be repeated; `duration` takes `90s`, `30m`, `2h`
   * and yields milliseconds.
   */
  readonly type: 'boolean' | 'string' | 'list' | 'choice' | 'number' | 'pairs' | 'duration';
  readonly short?: string;
  /** Name of the value in help. */
  readonly value?: string;
  readonly doc: string;
  readonly choices?: readonly string[];
  /** What similar programs call a choice. */
  readonly otherWords?: Readonly<Record<string, string>>;
  /** Values that similar programs take here, and what to do instead. */
  readonly foreignValues?: { readonly pattern: RegExp; readonly hint: string };
  /** Value of the flag where it is given without one; another one then needs the equals sign. */
  readonly whenBare?: string;
  /** Why two values of the flag are refused, which elsewhere would be a list; of other flags that hold one value the last counts. */
  readonly onlyOnce?: string;
  /** Environment variable used where the flag is absent. Of booleans, settings have one; what one call asks for (`--json`, `--all`) has none. */
  readonly env?: string;
  /** Of a boolean: the flag of which it is the opposite. Both are one setting, which is read under that name. */
  readonly negates?: string;
  /** The boolean that this flag turns on. */
  readonly implies?: string;
  /** Flags that can not be used beside this one. */
  readonly excludes?: readonly string[];
  /** What is said where another flag contradicts this one. @default `--x and --y contradict each other.` */
  readonly contradiction?: string;
}

type FlagValue<F extends Flag> = F['type'] extends 'boolean'
  ? boolean
  : F['type'] extends 'list'
    ? readonly string[]
    : F['type'] extends 'pairs'
      ? Readonly<Record<string, string | undefined>>
      : F['type'] extends 'number' | 'duration'
        ? number | undefined
        : string | undefined;

/** Values of a command's flags: absent booleans are undefined, absent lists empty. */
export type FlagValues<Flags extends Readonly<Record<string, Flag>>> = {
  readonly [
    Name in keyof Flags as Flags[Name] extends { readonly negates: string } ? never : Name
  ]: Flags[Name]['type'] extends 'boolean' ? boolean | undefined : FlagValue<Flags[Name]>;
};

/** One command: what drives parsing, `--help` and the reference page. */
export interface Command {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** Positional arguments in help; undefined takes none. */
  readonly args?: {
    readonly usage: string;
    readonly doc: string;
    readonly min: number;
    readonly max: number;
  };
  /** What `--` passes on; undefined where nothing may follow. */
  readonly passThrough?: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Flags of similar programs, with what to use instead. */
  readonly foreignFlags?: Readonly<Record<string, string>>;
  readonly examples?: readonly string[];
  /** Further paragraphs for help. */
  readonly notes?: readonly string[];
  /** True keeps it out of the overview. */
  readonly isHidden?: boolean;
}

/** A parsed command line. Use `valuesOf` to read the flags with their types. */
export interface ParsedValues {
  readonly args: readonly string[];
  /** Arguments after `--`, verbatim. */
  readonly passedThrough: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
  /** Flags of the command line itself, as opposed to those of the environment. */
  readonly given?: ReadonlySet<string>;
}

/** The flags with the types their table gives them. */
export function flagsOf<const C extends Command>(_command: C, values: ParsedValues): FlagValues<C['flags']> {
  return values.flags as FlagValues<C['flags']>;
}
