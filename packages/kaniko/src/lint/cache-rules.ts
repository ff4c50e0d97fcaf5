import type { CacheUse } from '../arguments/cache-use.ts';
import { isFeatureOn } from '../features/has-feature.ts';
import { compareReleases } from '../executor/version.ts';
import { heredocsOf } from '../dockerfile/heredocs.ts';
import { type Instruction, splitInstruction } from '../dockerfile/instruction.ts';
import { type LayeredMap, layeredMap } from '../dockerfile/layered-map.ts';
import type { DockerfileStages } from '../dockerfile/stages.ts';
import { featureHint } from './feature-hint.ts';
import { type DockerfileLint, isForkSince, type LintTarget } from './rule.ts';

const keyFeature = 'FF_KANIKO_RESOLVE_CACHE_KEY';

/** Layers of a stage that this release takes from the cache although they are not what the Dockerfile says. */
export function cacheRules(
  { stages, escape }: DockerfileStages,
  cache: CacheUse,
  target: LintTarget,
): (stage: number) => DockerfileLint[] {
  if (!cache.isOn) return () => [];
  const passedOn = new Map<number, Names>();
  return (index) => {
    const lints: DockerfileLint[] = [];
    const { baseStage, instructions = [] } = stages[index] ?? {};
    const inherited = baseStage === undefined ? undefined : passedOn.get(baseStage);
    const changing = inherited?.above() ?? layeredMap();
    const exported = inherited?.above() ?? layeredMap();
    for (const instruction of instructions) {
      const code = staleReason(instruction, changing, cache, target, escape);
      if (code !== undefined) lints.push({ ...code, line: instruction.line, isFatal: false });
      follow(instruction, changing, exported, escape);
    }
    passedOn.set(index, exported);
    return lints;
  };
}

/** Variables whose value may differ from build to build, and is not part of the cache key yet. */
type Names = LayeredMap<true>;

function staleReason(
  { text, keyword }: Instruction,
  changing: Names,
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
  const name = namesIn(text, escape).find((used) => changing.get(used));
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

/** The key of a `RUN` holds all values; those of later instructions build on it. A stage passes on what its `ENV` has, not its arguments. */
function follow(instruction: Instruction, changing: Names, exported: Names, escape: string): void {
  const { keyword, text } = instruction;
  if (keyword === 'RUN') {
    changing.clear();
    exported.clear();
  }
  if (keyword === 'ARG') for (const name of assignedNames(instruction, escape)) changing.set(name, true);
  if (keyword !== 'ENV') return;
  const isChanging = namesIn(text, escape).some((name) => changing.get(name));
  for (const name of assignedNames(instruction, escape)) {
    for (const names of [changing, exported]) {
      if (isChanging) names.set(name, true);
      else names.delete(name);
    }
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
