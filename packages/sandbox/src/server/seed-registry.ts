import type { RegistryUser } from './description.ts';
import type { SandboxOptions } from './options.ts';

const repository = 'base';
const seedTimeoutMs = 60_000;

/** Puts the base image into the registry when it is not there yet; returns its reference, or undefined when it could not be made. */
export async function seedRegistry(
  registry: string,
  credentials: RegistryUser,
  options: SandboxOptions,
): Promise<string | undefined> {
  const { hasBaseImage = true, onProgress } = options;
  if (!hasBaseImage) return undefined;
  const timeout = AbortSignal.timeout(seedTimeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    const { seedBaseImage } = await import('../seed/seed-base-image.ts');
    const { isNew } = await seedBaseImage({
      registry: `http://${registry}`,
      repository,
      credentials,
      signal,
    });
    const reference = `${registry}/${repository}:latest`;
    if (isNew)
      onProgress?.({ step: 'base-image', detail: `made ${reference} from this machine's shell and tools` });
    return reference;
  } catch (error) {
    options.signal?.throwIfAborted();
    // The sandbox is of use without it: builds then take their base images from elsewhere.
    onProgress?.({ step: 'base-image', detail: (error as Error).message });
    return undefined;
  }
}
