import { stripEnd } from '@kanikit/toolkit/text';
import type { CacheUse } from '../arguments/cache-use.ts';
import { isFeatureOn } from '../features/has-feature.ts';
import { flagValue, type Instruction, splitInstruction } from '../dockerfile/instruction.ts';
import { type LayeredMap, layeredMap } from '../dockerfile/layered-map.ts';
import { stageFinder } from '../dockerfile/needed-stages.ts';
import type { DockerfileStages, Stage } from '../dockerfile/stages.ts';
import { featureHint } from './feature-hint.ts';
import { type DockerfileLint, isGoogleBefore, type LintTarget } from './rule.ts';

const markFeature = 'FF_KANIKO_SKIP_WRITE_WHITEOUTS';

/** Files that a cached `RUN` removed leave a mark behind, which a `COPY --from` of their folder copies: there it removes a file of the same name. */
export function whiteoutRules(
  { stages, escape }: DockerfileStages,
  cache: CacheUse,
  target: LintTarget,
): (stage: number) => DockerfileLint[] {
  const isRight =
    isGoogleBefore(target.executor, '0.17.0') || isFeatureOn(target.executor, markFeature, target.features);
  if (!cache.runLayers || isRight) return () => [];
  const referred = stageFinder(stages);
  const removedIn = removedPaths(stages, escape);
  return (index) =>
    (stages[index]?.instructions ?? []).flatMap((instruction): DockerfileLint[] => {
      const copied = copiedFrom(referred, instruction, escape);
      const removed = copied && removedIn(copied.stage);
      const path = removed && firstHeld(removed, copied.folders);
      if (path === undefined) return [];
      return [
        {
          code: 'cache-copies-removal',
          message: `${target.label} may remove files in this COPY when the RUN that removes ${path} comes from the cache.`,
          hint: featureHint(
            target,
            markFeature,
            'copy files by name, or the folder without the RUN that removes.',
          ),
          line: instruction.line,
          isFatal: false,
        },
      ];
    });
}

interface Copied {
  readonly stage: number;
  readonly folders: readonly string[];
}

function copiedFrom(
  referred: (from: string) => number | undefined,
  { text, keyword }: Instruction,
  escape: string,
): Copied | undefined {
  if (keyword !== 'COPY') return undefined;
  const { flags, rest } = splitInstruction(text, escape);
  const from = flagValue(flags, 'from');
  const stage = from === undefined ? undefined : referred(from);
  if (stage === undefined) return undefined;
  const words = rest
    .replace(/^\[|\]$|"|,(?=\s*")/g, ' ')
    .trim()
    .split(/\s+/);
  return { stage, folders: words.slice(0, -1) };
}

interface RemovedPath {
  readonly path: string;
  /** Which of all it is, from the lowest stage up. */
  readonly at: number;
}

interface RemovedPaths {
  readonly count: number;
  readonly first: RemovedPath | undefined;
  /** The first one with a variable in it, which may mean any path. */
  readonly open: RemovedPath | undefined;
  /** By folder, with a slash at its end, the first one that lies in it. */
  readonly byFolder: LayeredMap<RemovedPath>;
}

/** No file has a longer path. */
const longestPath = 4096;

/** Absolute paths that commands of a stage and of those below remove; a relative one counts as below the folder it is removed in. */
function removedPaths(stages: readonly Stage[], escape: string): (stage: number) => RemovedPaths {
  const known = new Map<number, RemovedPaths>();
  return (index) => {
    const chain: number[] = [];
    for (let at: number | undefined = index; at !== undefined && !known.has(at); at = stages[at]?.baseStage)
      chain.push(at);
    for (const at of chain.toReversed()) {
      const { baseStage, instructions = [] } = stages[at] ?? {};
      const below = baseStage === undefined ? undefined : known.get(baseStage);
      known.set(at, withRemoved(below, removedBy(instructions, escape)));
    }
    return known.get(index)!;
  };
}

function withRemoved(below: RemovedPaths | undefined, paths: readonly string[]): RemovedPaths {
  const byFolder = below?.byFolder.above() ?? layeredMap<RemovedPath>();
  let { count = 0, first, open } = below ?? {};
  for (const path of paths) {
    const removed = { path, at: count };
    count += 1;
    first ??= removed;
    if (path.includes('$')) open ??= removed;
    const whole = `/${path}`.replace(/\/+/g, '/');
    if (whole.length > longestPath) continue;
    for (let slash = whole.indexOf('/'); slash >= 0; slash = whole.indexOf('/', slash + 1)) {
      const folder = whole.slice(0, slash + 1);
      if (byFolder.get(folder) === undefined) byFolder.set(folder, removed);
    }
  }
  return { count, first, open, byFolder };
}

function removedBy(instructions: readonly Instruction[], escape: string): string[] {
  let folder = '/';
  return instructions.flatMap((instruction) => {
    const { rest } = splitInstruction(instruction.text, escape);
    if (instruction.keyword === 'WORKDIR') folder = joined(folder, rest);
    if (instruction.keyword !== 'RUN') return [];
    const commands = [rest, ...instruction.heredocTexts].join('\n').split(/[\n;&|]+/);
    return commands.flatMap((command) => argumentsOfRemoval(command).map((path) => joined(folder, path)));
  });
}

function argumentsOfRemoval(command: string): string[] {
  const [, rest] = /(?:^|\s|")(?:rm|rmdir|unlink|mv)[\s"]([^]*)$/.exec(command) ?? [];
  const words = (rest ?? '').split(/[\s",\]]+/).filter((word) => word !== '' && !word.startsWith('-'));
  return words.map((word) => word.replace(/^'|'$/g, ''));
}

function joined(folder: string, path: string): string {
  return path.startsWith('/') ? path : `${stripEnd(folder, '/')}/${path.replace(/^\.\//, '')}`;
}

/** The first removed path whose mark lies in what is copied; a variable in either may mean any path. */
function firstHeld({ first, open, byFolder }: RemovedPaths, copied: readonly string[]): string | undefined {
  const held = copied.map((copy) => {
    const folder = stripEnd(copy, '/').replace(/\/\.$/, '');
    return folder.includes('$') ? first : byFolder.get(`/${folder}/`.replace(/\/+/g, '/'));
  });
  const found = [open, ...held].filter((removed) => removed !== undefined);
  return found.toSorted((left, right) => left.at - right.at)[0]?.path;
}
