import { type FoundBuild, KanikitError } from '@kanikit/spec';

/** Builds that an error names before it says how many more there are. */
const mostNamed = 12;

/**
 * The builds that names stand for: the id of a build, the name of its pod or Job, its display name where only one build that has not ended has it (or only one at all), or the id of a run,
 * which is all of its builds. Each build once, in the order of the names. `place` is where they were looked for, as errors say it.
 *
 * @throws KanikitError `build-unknown`, `build-ambiguous`, both with what there is
 */
export function selectBuilds(
  names: readonly string[],
  builds: readonly FoundBuild[],
  place: string,
): readonly FoundBuild[] {
  return [...new Set(names.flatMap((name) => selectOne(name, builds, place)))];
}

function selectOne(name: string, builds: readonly FoundBuild[], place: string): readonly FoundBuild[] {
  const isExact = ({ buildId, pod, job, namespace }: FoundBuild): boolean =>
    [buildId, pod, job, `${namespace}/${pod}`, `${namespace}/${buildId}`].includes(name);
  // Attempts of one build have one id: the last is the one that counts.
  const exact = builds.filter(isExact);
  if (exact.length > 0) {
    const last = exact.at(-1);
    const others = exact.filter(
      (build) => build.namespace !== last?.namespace || build.buildId !== last.buildId,
    );
    if (last !== undefined && others.length === 0) return [last];
    throw ambiguous(name, exact);
  }
  const ofRun = builds.filter(({ runId }) => runId === name);
  if (ofRun.length > 0) return ofRun;
  const named = builds.filter(({ about }) => about?.name === name);
  const open = named.filter(({ phase }) => phase.state !== 'ended');
  // One that is still at work is meant rather than those before it.
  const meant = open.length > 0 ? open : named;
  if (meant.length > 1) throw ambiguous(name, meant);
  if (meant.length === 1) return meant;
  throw unknown(name, builds, place);
}

function ambiguous(name: string, builds: readonly FoundBuild[]): KanikitError {
  return new KanikitError({
    code: 'build-ambiguous',
    message: `Looking for build "${name}": ${builds.length} builds go by that name.`,
    hint: `Name one of them by its id:\n${list(builds)}`,
  });
}

function unknown(name: string, builds: readonly FoundBuild[], place: string): KanikitError {
  return new KanikitError({
    code: 'build-unknown',
    message: `Looking for build "${name}" in ${place}: there is none of that name.`,
    hint:
      builds.length === 0
        ? 'There are no builds at all. Is it another namespace (`cluster.namespace`, `isEverywhere`), or another cluster?'
        : `There are these:\n${list(builds)}`,
  });
}

function list(builds: readonly FoundBuild[]): string {
  const lines = builds
    .slice(-mostNamed)
    .map(
      ({ buildId, about, runId, namespace, phase }) =>
        `  ${buildId}  ${about?.name ?? ''}  (${phase.state}, run ${runId}, namespace ${namespace})`,
    );
  const hidden = builds.length - lines.length;
  return [...lines, ...(hidden > 0 ? [`  and ${hidden} older`] : [])].join('\n');
}
