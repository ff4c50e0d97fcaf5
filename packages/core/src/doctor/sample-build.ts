import {
  type ArchiveContext,
  type BuildRequest,
  type ContextSource,
  KanikitError,
  type RunContext,
} from '@kanikit/spec';
import type { PreparingEnvironment } from '../model/environment.ts';
import { prepareBuild } from '../preflight/prepare-build.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import type { RunProblem } from '../model/result.ts';

/** Stands for a context in a build that is never made. */
const emptyContext: ArchiveContext = {
  kind: 'archive',
  shareKey: undefined,
  isDockerfileApart: false,
  dockerfileText: undefined,
  warnings: [],
  pack: () => {
    throw new KanikitError({
      code: 'internal-error',
      message: 'Packing the context of a build that is never made.',
    });
  },
};

const source: ContextSource = {
  specVersion: 1,
  kind: 'local',
  accepts: () => true,
  open: async () => emptyContext,
};

/** A build as these settings make it, up to its pod; or what is wrong with the settings. */
export function sampleBuild(
  settings: Omit<BuildRequest, 'context'>,
  environment: PreparingEnvironment,
  run: RunContext,
): Promise<{ readonly prepared: PreparedBuild } | { readonly problems: readonly RunProblem[] }> {
  const isPushed = settings.destinations.length > 0;
  const request = { ...settings, context: 'doctor', push: isPushed };
  const id = `doctor-${environment.randomHex(6)}`;
  return prepareBuild({ id, name: 'doctor', request }, { ...environment, sources: [source] }, run);
}
