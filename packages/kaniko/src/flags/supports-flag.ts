import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import { type ExecutorFlag, executorFlags } from './flag-table.ts';

const flagsByName: ReadonlyMap<string, ExecutorFlag> = new Map(
  executorFlags.map((flag) => [flag.name, flag]),
);

/** The flag of that name (without dashes) in any release. */
export function findFlag(name: string): ExecutorFlag | undefined {
  return flagsByName.get(name);
}

/** True when this release of the executor takes the flag (name without dashes, exactly this spelling). */
export function supportsFlag(executor: ExecutorRelease, name: string): boolean {
  const flag = flagsByName.get(name);
  if (flag === undefined) return false;
  const since = flag.since[executor.distribution];
  const until = flag.until[executor.distribution];
  if (since === undefined || compareReleases(executor.version, since) < 0) return false;
  return until === undefined || compareReleases(executor.version, until) <= 0;
}

/** True when this release takes the flag several times; otherwise its last value wins. */
export function isRepeatable(executor: ExecutorRelease, flag: ExecutorFlag): boolean {
  const since = flag.repeatableSince[executor.distribution];
  return since !== undefined && compareReleases(executor.version, since) >= 0;
}

/** The spelling this release takes for a flag's current name: the old one in old releases; undefined without either. */
export function spellingOf(executor: ExecutorRelease, currentName: string): string | undefined {
  if (supportsFlag(executor, currentName)) return currentName;
  return executorFlags.find((flag) => flag.renamedTo === currentName && supportsFlag(executor, flag.name))
    ?.name;
}

/** Where a flag exists, in words: `google 1.10.0 to …`. */
export function describeAvailability(flag: ExecutorFlag): string {
  return Object.entries(flag.since)
    .map(([distribution, since]) => {
      const until = flag.until[distribution as keyof typeof flag.until];
      return until === undefined
        ? `${distribution} ${since} and later`
        : `${distribution} ${since} to ${until}`;
    })
    .join(', ');
}
