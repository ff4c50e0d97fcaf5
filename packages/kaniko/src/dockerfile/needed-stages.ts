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
  for (let index = last; index >= 0; index -= 1) {
    if (!needed.has(index)) continue;
    for (const dependency of dependenciesOf(source, index)) needed.add(dependency);
  }
  return needed;
}

/** The stage a `--from` means: a name in any letter case (the last stage of that name), or a number. */
export function stageReferred(stages: readonly Stage[], from: string): number | undefined {
  const named = stages.findLastIndex(({ name }) => name !== undefined && name === from.toLowerCase());
  if (named !== -1) return named;
  const index = /^\d+$/.test(from) ? Number(from) : -1;
  return index >= 0 && index < stages.length ? index : undefined;
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

function dependenciesOf({ stages, escape }: DockerfileStages, index: number): number[] {
  const stage = stages[index];
  if (stage === undefined) return [];
  const base = stage.baseStage === undefined ? undefined : stages[stage.baseStage];
  const triggers = (base?.instructions ?? [])
    .filter(({ keyword }) => keyword === 'ONBUILD')
    .map(({ text }) => splitInstruction(text, escape).rest);
  const copied = [...triggers, ...stage.instructions.map(({ text }) => text)].flatMap((text) => {
    const { keyword, flags } = splitInstruction(text, escape);
    const from = keyword === 'COPY' ? flagValue(flags, 'from') : undefined;
    return from === undefined ? [] : (stageReferred(stages, from) ?? []);
  });
  return stage.baseStage === undefined ? copied : [stage.baseStage, ...copied];
}
