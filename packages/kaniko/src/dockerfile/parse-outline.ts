import type { DockerfileOutline } from '@kanikit/spec';
import { type ExecutorRelease, resolveExecutor } from '../executor/resolve-executor.ts';
import type { BuildArguments } from './global-arguments.ts';
import { neededStages } from './needed-stages.ts';
import { readStages } from './stages.ts';

/** What decides, besides the text, what an executor makes of a Dockerfile. */
export interface OutlineOptions {
  readonly buildArgs?: BuildArguments | undefined;
  /** Stage to build. @default the last one */
  readonly target?: string | undefined;
  /** Decides which stages are built. @default the executor that is run by default */
  readonly executor?: ExecutorRelease | undefined;
}

/**
 * Reads the stages and steps of a Dockerfile with the executor's own reading. `MAINTAINER` is no step: the executor drops it.
 *
 * @throws KanikitError `dockerfile-invalid`, `dockerfile-target-unknown`
 */
export function parseDockerfileOutline(text: string, options: OutlineOptions = {}): DockerfileOutline {
  const source = readStages(text, options.buildArgs ?? {});
  const needed = neededStages(source, options.target, options.executor ?? resolveExecutor(undefined));
  return {
    stages: source.stages.map(({ name, base, baseStage, instructions }, index) => ({
      index,
      name,
      base,
      baseStage,
      isNeeded: needed.has(index),
      steps: instructions
        .filter(({ keyword }) => keyword !== 'MAINTAINER')
        .map((instruction, position) => ({
          index: position,
          keyword: instruction.keyword,
          instruction: instruction.text,
          line: instruction.line,
        })),
    })),
  };
}
