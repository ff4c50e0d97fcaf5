import { stripEnd } from '@kanikit/toolkit/text';
import type { CacheUse } from '../../arguments/cache-use.ts';
import { isFeatureOn } from '../../features/has-feature.ts';
import { flagValue, type Instruction, splitInstruction } from '../instruction.ts';
import { stageReferred } from '../needed-stages.ts';
import type { DockerfileStages, Stage } from '../stages.ts';
import { featureHint } from './feature-hint.ts';
import { type DockerfileLint, isGoogleBefore, type LintTarget } from './rule.ts';

const markFeature = 'FF_KANIKO_SKIP_WRITE_WHITEOUTS';

/** Files that a cached `RUN` removed leave a mark behind, which a `COPY --from` of their folder copies: there it removes a file of the same name. */
export function lintCopiedMarks(
  { stages, escape }: DockerfileStages,
  index: number,
  cache: CacheUse,
  target: LintTarget,
): DockerfileLint[] {
  const isRight =
    isGoogleBefore(target.executor, '0.17.0') || isFeatureOn(target.executor, markFeature, target.features);
  if (!cache.runLayers || isRight) return [];
  return (stages[index]?.instructions ?? []).flatMap((instruction): DockerfileLint[] => {
    const copied = copiedFrom(stages, instruction, escape);
    if (copied === undefined) return [];
    const removed = removedPaths(stages, copied.stage, escape).find((path) =>
      copied.folders.some((folder) => holds(folder, path)),
    );
    if (removed === undefined) return [];
    return [
      {
        code: 'cache-copies-removal',
        message: `${target.label} may remove files in this COPY when the RUN that removes ${removed} comes from the cache.`,
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
  stages: readonly Stage[],
  { text, keyword }: Instruction,
  escape: string,
): Copied | undefined {
  if (keyword !== 'COPY') return undefined;
  const { flags, rest } = splitInstruction(text, escape);
  const from = flagValue(flags, 'from');
  const stage = from === undefined ? undefined : stageReferred(stages, from);
  if (stage === undefined) return undefined;
  const words = rest
    .replace(/^\[|\]$|"|,(?=\s*")/g, ' ')
    .trim()
    .split(/\s+/);
  return { stage, folders: words.slice(0, -1) };
}

/** Absolute paths that commands of the stage remove; a relative one counts as below the folder it is removed in. */
function removedPaths(stages: readonly Stage[], index: number, escape: string): string[] {
  const stage = stages[index];
  if (stage === undefined) return [];
  const below = stage.baseStage === undefined ? [] : removedPaths(stages, stage.baseStage, escape);
  let folder = '/';
  const own = stage.instructions.flatMap((instruction) => {
    const { rest } = splitInstruction(instruction.text, escape);
    if (instruction.keyword === 'WORKDIR') folder = joined(folder, rest);
    if (instruction.keyword !== 'RUN') return [];
    const commands = [rest, ...instruction.heredocTexts].join('\n').split(/[\n;&|]+/);
    return commands.flatMap((command) => argumentsOfRemoval(command).map((path) => joined(folder, path)));
  });
  return [...below, ...own];
}

function argumentsOfRemoval(command: string): string[] {
  const [, rest] = /(?:^|\s|")(?:rm|rmdir|unlink|mv)[\s"]([^]*)$/.exec(command) ?? [];
  const words = (rest ?? '').split(/[\s",\]]+/).filter((word) => word !== '' && !word.startsWith('-'));
  return words.map((word) => word.replace(/^'|'$/g, ''));
}

function joined(folder: string, path: string): string {
  return path.startsWith('/') ? path : `${stripEnd(folder, '/')}/${path.replace(/^\.\//, '')}`;
}

/** True where the mark of a removed path lies in what is copied; a variable in either may mean any path. */
function holds(copied: string, removed: string): boolean {
  const folder = stripEnd(copied, '/').replace(/\/\.$/, '');
  if (folder.includes('$') || removed.includes('$')) return true;
  return `/${removed}`.replace(/\/+/g, '/').startsWith(`/${folder}/`.replace(/\/+/g, '/'));
}
