import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import type { BuildArguments } from '../dockerfile/global-arguments.ts';
import { splitInstruction } from '../dockerfile/instruction.ts';
import type { Stage } from '../dockerfile/stages.ts';
import { isFeatureOn } from '../features/has-feature.ts';
import { featureHint } from './feature-hint.ts';
import { type DockerfileLint, isForkSince, type LintTarget } from './rule.ts';

/** Arguments that docker sets by itself, the fork from 1.25.6 on. */
const platformArguments = new Set(
  ['TARGET', 'BUILD'].flatMap((side) => ['PLATFORM', 'OS', 'ARCH', 'VARIANT'].map((part) => side + part)),
);

/** What goes wrong with a stage as a whole. */
export function lintStage(
  stage: Stage,
  target: LintTarget,
  buildArguments: BuildArguments,
): DockerfileLint[] {
  const { executor, label } = target;
  return [
    ...lintFrom(stage, executor, label),
    ...lintPlatformArguments(stage, executor, label, buildArguments),
    ...lintPrecedence(stage, target, buildArguments),
  ];
}

function lintFrom(stage: Stage, executor: ExecutorRelease, label: string): DockerfileLint[] {
  const { base, line, name, platform } = stage;
  const lints: DockerfileLint[] = [];
  if (base === '') {
    lints.push({
      code: 'base-empty',
      message: 'The image of this FROM is empty: its variables have no value.',
      hint: 'Give the variable a default in an ARG before the first FROM, or pass it as a build arg.',
      line,
      isFatal: true,
    });
  }
  if (platform !== undefined && !platform.includes('$')) {
    lints.push({
      code: 'from-platform-ignored',
      message: `${label} ignores FROM --platform=${platform}: the base is taken for the platform of the build.`,
      hint: 'Set the platform of the build instead.',
      line,
      isFatal: false,
    });
  }
  const isOwnBase = name !== undefined && name === base.toLowerCase() && stage.baseStage === undefined;
  if (isOwnBase && executor.distribution === 'google' && compareReleases(executor.version, '1.24.0') < 0) {
    lints.push({
      code: 'stage-named-like-base',
      message: `${label} takes FROM ${base} AS ${name} for a stage built on itself: the build fails.`,
      hint: 'Give the stage another name.',
      line,
      isFatal: true,
    });
  }
  return lints;
}

function lintPlatformArguments(
  stage: Stage,
  executor: ExecutorRelease,
  label: string,
  buildArguments: BuildArguments,
): DockerfileLint[] {
  if (isForkSince(executor, '1.25.6')) return [];
  return stage.instructions
    .filter(({ keyword }) => keyword === 'ARG')
    .flatMap(({ text, line }) =>
      splitInstruction(text)
        .rest.split(/\s+/)
        .filter((name) => platformArguments.has(name) && buildArguments[name] === undefined)
        .map((name) => ({
          code: 'platform-argument-empty',
          message: `${label} does not set ${name}: it is empty in this stage.`,
          hint: `Pass it as a build arg, such as ${name}=${name.endsWith('PLATFORM') ? 'linux/amd64' : '…'}.`,
          line,
          isFatal: false,
        })),
    );
}

const precedenceFeature = 'FF_KANIKO_BUILDKIT_ARG_ENV_PRECEDENCE';

/** docker lets the later of `ENV` and `ARG` win; the executor the `ENV`. */
function lintPrecedence(stage: Stage, target: LintTarget, buildArguments: BuildArguments): DockerfileLint[] {
  if (isFeatureOn(target.executor, precedenceFeature, target.features)) return [];
  const set = new Set<string>();
  return stage.instructions.flatMap(({ text, keyword, line }): DockerfileLint[] => {
    const words = splitInstruction(text).rest.split(/\s+/);
    const names = words.map((word) => word.replace(/=[^]*$/, ''));
    if (keyword === 'ENV') {
      const isOldForm = !(words[0] ?? '').includes('=');
      for (const name of isOldForm ? names.slice(0, 1) : names) set.add(name);
    }
    if (keyword !== 'ARG') return [];
    return names
      .filter((name, index) => {
        const hasValue = buildArguments[name] !== undefined || (words[index] ?? '').includes('=');
        return hasValue && set.has(name);
      })
      .map((name) => ({
        code: 'arg-after-env-ignored',
        message: `${target.label} ignores this ARG ${name}: the ENV ${name} before it keeps its value.`,
        hint: featureHint(target, precedenceFeature, 'give the two different names.'),
        line,
        isFatal: false,
      }));
  });
}
