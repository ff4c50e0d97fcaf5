import type { BuildResult } from '@kanikit/sdk';
import type { SandboxDescription } from '@kanikit/sandbox';
import { failingSample } from './sample-requests.ts';

/** True when every sample did what it is there to show: all build but the one that fails in its `RUN`. */
export function isDemoFine(builds: readonly BuildResult[]): boolean {
  return builds.every((build) =>
    build.name === failingSample ? build.failure?.code === 'run-failed' : build.outcome === 'succeeded',
  );
}

/** What a newcomer wants to know at the end: where the images are, and what to do next. */
export function closingWords(builds: readonly BuildResult[], sandbox: SandboxDescription): string {
  const images = builds.flatMap((build) => build.images.map((image) => ({ ...image, name: build.name })));
  const unique = [...new Map(images.map((image) => [image.reference, image])).values()];
  const [first] = unique;
  const width = Math.max(0, ...unique.map((image) => image.reference.length));
  const fine = isDemoFine(builds)
    ? `The demo is done: every sample built, except "${failingSample}", whose RUN fails on purpose.`
    : 'The demo did not go as it should: see above.';
  return [
    '',
    fine,
    '',
    `Images, in the sandbox's registry (plain http):`,
    ...unique.map((image) => `  ${image.reference.padEnd(width)}  ${image.digest}`),
    '',
    'Pull one with any registry client; its password is in a folder of its own, e.g.:',
    `  DOCKER_CONFIG=${sandbox.dockerConfig} crane pull --insecure ${first?.reference ?? `${sandbox.registry}/NAME`} image.tar`,
    `  docker --config ${sandbox.dockerConfig} pull ${first?.reference ?? `${sandbox.registry}/NAME`}`,
    '',
    'Build your own directory (in a clone the command is ./kanikit):',
    `  kanikit build DIR -t ${sandbox.registry}/me/app:1.0 --sandbox`,
    `The base image ${sandbox.baseImage ?? 'of the sandbox'} has this machine's shell and tools; use it in FROM where there is no network.`,
    '',
    `Look at its pods:  KUBECONFIG=${sandbox.kubeconfig} kubectl get pods -w`,
    'The sandbox goes on running; stop it with:  kanikit sandbox down',
    '',
  ].join('\n');
}
