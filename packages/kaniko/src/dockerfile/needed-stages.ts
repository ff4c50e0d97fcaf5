import { KanikitError } from '@kanikit/spec';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import { findFlag, isRepeatable } from '../flags/supports-flag.ts';
import { flagValue, splitInstruction } from './instruction.ts';
import type { DockerfileStages, Stage } from './stages.ts';

/**
 * The indexes of the stages that the executor builds for a target: the last stage without one. The original builds every
 * stage up to the target, the fork from 1.25.0 on only those it needs.
 *
 * @throws KanikitError `dockerfile-target-unknown`
 */
export function neededStages(
  source: DockerfileStages,
  target: string | undefined,
  executor: ExecutorRelease,
): ReadonlySet<number> {
  const targets = targetIndexes(source.stages, target, executor);
  const last = Math.max(...targets);
  if (!skipsUnusedStages(executor)) return new Set(Array.from({ length: last + 1 }, (_, index) => index));
  const needed = new Set(targets);
  const dependencies = dependenciesIn(source);
  for (let index = last; index >= 0; index -= 1) {
    if (!needed.has(index)) continue;
    for (const dependency of dependencies(index)) needed.add(dependency);
  }
  return needed;
}

/** Finds the stage that a `--from` means: a name in any letter case (the last stage of that name), or a number. */
export function stageFinder(stages: readonly Stage[]): (from: string) => number | undefined {
  const lastOf = new Map<string, number>();
  for (const [index, { name }] of stages.entries()) if (name !== undefined) lastOf.set(name, index);
  return (from) => {
    const index = /^\d+$/.test(from) ? Number(from) : stages.length;
    return lastOf.get(from.toLowerCase()) ?? (index < stages.length ? index : undefined);
  };
}

function targetIndexes(
  stages: readonly Stage[],
  target: string | undefined,
  executor: ExecutorRelease,
): number[] {
  if (target === undefined || target === '') return [stages.length - 1];
  const flag = findFlag('target');
  const isList = flag !== undefined && isRepeatable(executor, flag);
  return (isList ? target.split(',') : [target]).map((wanted) => {
    const index = stages.findIndex(({ name }) => name !== undefined && name === wanted.toLowerCase());
    if (index !== -1) return index;
    const names = stages.flatMap(({ name }) => name ?? []);
    throw new KanikitError({
      code: 'dockerfile-target-unknown',
      message: `Reading the Dockerfile: it has no stage called "${wanted}" to build.`,
      hint:
        names.length === 0 ? 'Name a stage with FROM image AS name.' : `Its stages are ${names.join(', ')}.`,
    });
  });
}

function skipsUnusedStages(executor: ExecutorRelease): boolean {
  return executor.distribution === 'osscontainertools' && compareReleases(executor.version, '1.25.0') >= 0;
}

/** The stages that one needs: its base, and those that it or the triggers of its base copy from. */
function dependenciesIn({ stages, escape }: DockerfileStages): (index: number) => readonly number[] {
  const referred = stageFinder(stages);
  const copiedBy = (texts: readonly string[]): number[] =>
    texts.flatMap((text) => {
      const { keyword, flags } = splitInstruction(text, escape);
      const from = keyword === 'COPY' ? flagValue(flags, 'from') : undefined;
      return from === undefined ? [] : (referred(from) ?? []);
    });
  const bases = new Set<number>();
  return (index) => {
    const { baseStage, instructions = [] } = stages[index] ?? {};
    const copied = copiedBy(instructions.map(({ text }) => text));
    // What the triggers of a base copy from is the same for all stages on it.
    if (baseStage === undefined || bases.has(baseStage)) return copied;
    bases.add(baseStage);
    const triggers = (stages[baseStage]?.instructions ?? []).filter(({ keyword }) => keyword === 'ONBUILD');
    return [
      baseStage,
      ...copiedBy(triggers.map(({ text }) => splitInstruction(text, escape).rest)),
      ...copied,
    ];
  };
}
