import type { CacheUse } from '../../arguments/cache-use.ts';
import { isFeatureOn } from '../../features/has-feature.ts';
import { compareReleases } from '../../executor/version.ts';
import { heredocsOf } from '../heredocs.ts';
import { type Instruction, splitInstruction } from '../instruction.ts';
import type { DockerfileStages, Stage } from '../stages.ts';
import { featureHint } from './feature-hint.ts';
import { type DockerfileLint, isForkSince, type LintTarget } from './rule.ts';

const keyFeature = 'FF_KANIKO_RESOLVE_CACHE_KEY';

/** Layers that this release takes from the cache although they are not what the Dockerfile says. */
export function lintCachedStage(
  { stages, escape }: DockerfileStages,
  index: number,
  cache: CacheUse,
  target: LintTarget,
): DockerfileLint[] {
  if (!cache.isOn) return [];
  const lints: DockerfileLint[] = [];
  for (const { instruction, changing } of withChangingNames(stages, index, escape)) {
    const code = staleReason(instruction, changing, cache, target, escape);
    if (code !== undefined) lints.push({ ...code, line: instruction.line, isFatal: false });
  }
  return lints;
}

function staleReason(
  { text, keyword }: Instruction,
  changing: ReadonlySet<string>,
  cache: CacheUse,
  target: LintTarget,
  escape: string,
): Pick<DockerfileLint, 'code' | 'message' | 'hint'> | undefined {
  if (!isCached(keyword, cache, target)) return undefined;
  const { label } = target;
  const keysResolved = isFeatureOn(target.executor, keyFeature, target.features);
  const areBodiesKeyed = keysResolved && isForkSince(target.executor, '1.28.1');
  if (heredocsOf(text, escape).length > 0 && isForkSince(target.executor, '1.25.4') && !areBodiesKeyed) {
    return {
      code: 'cache-heredoc-stale',
      message: `${label} takes this ${keyword} from the cache although the lines of its heredoc changed.`,
      hint: 'Choose osscontainertools 1.28.1 or later, for which kanikit sets the feature flag that mends it, or build without the cache after a change there.',
    };
  }
  const name = namesIn(text, escape).find((used) => changing.has(used));
  if (keyword === 'RUN' || keysResolved || name === undefined) return undefined;
  return {
    code: 'cache-variable-stale',
    message: `${label} takes this ${keyword} from the cache although $${name} has another value than before.`,
    hint: featureHint(target, keyFeature, `put RUN : $${name} before it, which makes the value count.`),
  };
}

function isCached(keyword: string, cache: CacheUse, { executor }: LintTarget): boolean {
  // The fork caches WORKDIR and ADD from this release on; nobody else does.
  const cachesMore = isForkSince(executor, '1.24.0-4');
  if (keyword === 'RUN') return cache.runLayers;
  if (keyword === 'WORKDIR') return cachesMore;
  if (keyword === 'ADD') return cachesMore && cache.copyLayers;
  const cachesCopies = executor.distribution !== 'google' || compareReleases(executor.version, '1.4.0') >= 0;
  return keyword === 'COPY' && cachesCopies && cache.copyLayers;
}

interface Step {
  readonly instruction: Instruction;
  /** Variables whose value may differ from build to build, and is not part of the cache key yet. */
  readonly changing: ReadonlySet<string>;
}

/** The key of a `RUN` holds all values; those of later instructions build on it. */
function withChangingNames(stages: readonly Stage[], index: number, escape: string): Step[] {
  const changing = inheritedNames(stages, stages[index]?.baseStage, escape);
  return (stages[index]?.instructions ?? []).map((instruction) => {
    const step = { instruction, changing: new Set(changing) };
    follow(instruction, changing, escape);
    return step;
  });
}

/** A stage passes on what its ENV has, not its arguments. */
function inheritedNames(stages: readonly Stage[], index: number | undefined, escape: string): Set<string> {
  if (index === undefined) return new Set();
  const changing = inheritedNames(stages, stages[index]?.baseStage, escape);
  const set = new Set(changing);
  for (const instruction of stages[index]?.instructions ?? []) {
    follow(instruction, changing, escape);
    if (instruction.keyword === 'ENV' || instruction.keyword === 'RUN') {
      for (const name of set) if (!changing.has(name)) set.delete(name);
      for (const name of assignedNames(instruction, escape)) if (changing.has(name)) set.add(name);
    }
  }
  return set;
}

function follow(instruction: Instruction, changing: Set<string>, escape: string): void {
  if (instruction.keyword === 'RUN') changing.clear();
  if (instruction.keyword === 'ARG') {
    for (const name of assignedNames(instruction, escape)) changing.add(name);
  }
  if (instruction.keyword !== 'ENV') return;
  const isChanging = namesIn(instruction.text, escape).some((name) => changing.has(name));
  for (const name of assignedNames(instruction, escape)) {
    if (isChanging) changing.add(name);
    else changing.delete(name);
  }
}

function assignedNames({ text, keyword }: Instruction, escape: string): string[] {
  const { rest } = splitInstruction(text, escape);
  const words = rest.split(/\s+/);
  // `ENV name value` in the old form.
  if (keyword === 'ENV' && !(words[0] ?? '').includes('=')) return words.slice(0, 1);
  return words.map((word) => word.replace(/=[^]*$/, '')).filter((word) => /^\w+$/.test(word));
}

function namesIn(text: string, escape: string): string[] {
  const pattern = escape === '`' ? /(`)?\$\{?([A-Za-z_]\w*)/g : /(\\)?\$\{?([A-Za-z_]\w*)/g;
  return [...text.matchAll(pattern)].flatMap(([, escaped, name]) =>
    escaped === undefined && name !== undefined ? [name] : [],
  );
}
