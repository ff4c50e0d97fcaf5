import type { Flag } from './flag.ts';
import { usageError } from './usage-error.ts';

/** The value of a flag, and where it is from. */
export interface GivenValue {
  readonly value: unknown;
  /** `--push` or `KANIKIT_PUSH`, for errors. */
  readonly source: string;
  readonly isFromEnvironment: boolean;
  readonly contradiction?: string | undefined;
}

type Flags = Readonly<Record<string, Flag>>;
type Given = Map<string, GivenValue>;

/**
 * Makes one setting of flags that speak about the same: `--push` and `--no-push`, `--cache` and `--cache-repo`. Of two that contradict each other the
 * one on the command line counts, and the one from the environment is dropped.
 *
 * @throws KanikitError `usage` for a contradiction in one place
 */
export function settleFlags(
  flags: Flags,
  values: ReadonlyMap<string, GivenValue>,
): ReadonlyMap<string, GivenValue> {
  const given: Given = new Map(values);
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.excludes !== undefined) settleExcluded(name, flag.excludes, given);
    if (flag.negates !== undefined) settleOpposite(name, flag.negates, given);
  }
  // The setting itself is settled before what turns it on.
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.implies !== undefined) settleImplied(name, flag.implies, given);
  }
  return given;
}

function settleExcluded(name: string, excluded: readonly string[], given: Given): void {
  for (const other of excluded) {
    const own = given.get(name);
    const foreign = given.get(other);
    const isBoth = isOn(own) && isOn(foreign);
    if (isBoth) given.delete(weakerOf(own, foreign) === own ? name : other);
  }
}

function settleOpposite(name: string, positive: string, given: Given): void {
  const negated = given.get(name);
  if (negated === undefined) return;
  const opposite: GivenValue = { ...negated, value: negated.value !== true };
  const own = given.get(positive);
  given.delete(name);
  if (own === undefined || own.value === opposite.value || weakerOf(own, opposite) === own)
    given.set(positive, opposite);
}

function settleImplied(name: string, target: string, given: Given): void {
  const own = given.get(name);
  if (!isOn(own)) return;
  const setting = given.get(target);
  if (setting?.value === true) return;
  if (setting === undefined || weakerOf(setting, own) === setting) given.set(target, { ...own, value: true });
  else given.delete(name);
}

function isOn(given: GivenValue | undefined): given is GivenValue {
  return given !== undefined && given.value !== false;
}

/** The one of two that contradict each other which gives way. */
function weakerOf(left: GivenValue, right: GivenValue): GivenValue {
  if (left.isFromEnvironment !== right.isFromEnvironment) return left.isFromEnvironment ? left : right;
  const reason = left.isFromEnvironment ? undefined : (left.contradiction ?? right.contradiction);
  throw usageError(
    reason ?? `${left.source} and ${right.source} contradict each other.`,
    'Leave one of them out.',
  );
}
