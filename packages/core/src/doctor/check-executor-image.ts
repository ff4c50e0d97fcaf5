import { nodeArchitecture, parsePlatform, type ResolvedExecutor } from '@kanikit/kaniko';
import { type BuildRequest, type Finding, isKanikitError, look, type RunContext } from '@kanikit/spec';
import type { DoctorTools } from './doctor-tools.ts';
import { isInsecure } from './is-insecure.ts';

/** Whether the image of the executor is where its name says, as far as this machine can see. */
export function checkExecutorImage(
  executor: ResolvedExecutor,
  request: BuildRequest,
  {
    tools,
    insecureRegistries,
  }: { readonly tools: DoctorTools; readonly insecureRegistries: readonly string[] },
  run: RunContext,
): Promise<Finding> {
  const { image } = executor;
  return look({ check: 'executor-image', title: 'Executor image' }, run, async (bounded) => {
    try {
      const options = { isInsecure: isInsecure(image, request, insecureRegistries) };
      const answer = await tools.lookUpImage(image, options, bounded);
      switch (answer.kind) {
        case 'found':
          return forPlatform(image, answer.platforms, request.platform);
        case 'missing':
          return {
            status: 'problem',
            message: `its registry does not have ${image}`,
            hint: 'Check `executor` and `executor.image`.',
          };
        case 'denied':
          return {
            status: 'warning',
            message: `${image} needs a log-in that this machine does not have; nodes pull it with a pull secret`,
            hint: 'Log in (docker login) to let this be checked, or try a pod: `isDeep`.',
          };
        default:
          return {
            status: 'unknown',
            message: `${image}: its registry answers ${answer.status ?? 'something else'}`,
          };
      }
    } catch (error) {
      if (!isKanikitError(error) || error.code !== 'registry-unreachable') throw error;
      const hint = 'Nodes may reach it all the same: `isDeep` tries with a pod.';
      return { status: 'unknown', message: `${image} can not be seen from here: ${error.message}`, hint };
    }
  });
}

function forPlatform(
  image: string,
  platforms: readonly string[] | undefined,
  wanted: string | undefined,
): { readonly status: 'ok' | 'problem'; readonly message: string; readonly hint?: string } {
  const said = platforms === undefined ? image : `${image} for ${platforms.join(', ')}`;
  if (platforms === undefined || wanted === undefined) return { status: 'ok', message: said };
  const parsed = parsePlatform(wanted);
  if (platforms.includes(`${parsed.os}/${nodeArchitecture(parsed)}`)) return { status: 'ok', message: said };
  return {
    status: 'problem',
    message: `${said}, but not for ${wanted}`,
    hint: 'Kaniko does not emulate: name an executor image for that architecture (`executor.image`).',
  };
}
