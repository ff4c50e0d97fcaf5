import type { Decoding, StageRecord } from './decoding.ts';

/**
 * Releases before 0.24 print for every stage what its base became after substitution; later ones print for every named stage its base and its
 * alias, in the same words.
 */
function hasAliases(d: Decoding): boolean {
  return d.baseNames.some(
    ({ base, name, isFork }) =>
      isFork || (name !== base && !d.resolvedImages.has(name) && !/[:/@]/.test(name)),
  );
}

/** The alias of a stage as far as the lines before it tell; no line says outright which stage has which alias. */
export function guessStageName(d: Decoding, stage: StageRecord): string | undefined {
  for (const [name, index] of d.stageIndexes ?? []) if (index === stage.index) return name;
  if (d.stageIndexes) return undefined;
  return assignNames(d).get(stage);
}

/** Gives the aliases to the stages seen so far: by who is built on whom, then in the order of the Dockerfile. */
export function assignNames(d: Decoding): Map<StageRecord, string> {
  const names = new Map<StageRecord, string>();
  if (!hasAliases(d)) return names;
  const isFork = d.baseNames.some((line) => line.isFork);
  const left = isFork ? [...d.baseNames].toReversed() : [...d.baseNames];
  const give = (stage: StageRecord | undefined, name: string) => {
    const at = left.findIndex((line) => line.name.toLowerCase() === name.toLowerCase());
    if (!stage || at < 0 || names.has(stage)) return;
    names.set(stage, left[at]!.name);
    left.splice(at, 1);
  };
  const byIndex = new Map(d.stages.map((stage) => [stage.index, stage]));
  for (const stage of d.stages)
    if (stage.baseIndex !== undefined) give(byIndex.get(stage.baseIndex), stage.base);
  const copies = d.steps.flatMap(({ instruction }) => {
    const match = /^COPY\s(?:.*\s)?--from=(\S+)\s+(?:--\S+\s+)*(\S+)/i.exec(instruction);
    return match ? [{ from: match[1]!, path: match[2]! }] : [];
  });
  const byNumber = new Set(copies.map(({ from }) => Number(from)));
  for (const { from, path } of copies) {
    const owners = [...d.stageFiles].filter(([, files]) => files.includes(path));
    if (owners.length === 1) give(byIndex.get(owners[0]![0]), from);
  }
  for (const stage of d.stages) {
    if (names.has(stage) || byNumber.has(stage.index)) continue;
    const next = left.find((line) => line.base === stage.base);
    if (next) give(stage, next.name);
  }
  return names;
}

/** A stage takes over the steps of the one it is built on, which then is no stage of its own. */
export function squashNames(d: Decoding, name: string, base: string): void {
  const at = d.baseNames.findIndex((line) => line.name === base);
  const [gone] = at < 0 ? [] : d.baseNames.splice(at, 1);
  const kept = d.baseNames.findIndex((line) => line.name === name);
  if (gone && kept >= 0) d.baseNames[kept] = { ...d.baseNames[kept]!, base: gone.base };
}
