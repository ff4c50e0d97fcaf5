import type { ContextSource } from '@kanikit/spec';

/** The context sources kanikit comes with; a directory is what anything else is taken for, so it is asked last. */
export async function loadBuiltInSources(): Promise<readonly ContextSource[]> {
  const [{ createStdinSource }, { createTarSource }, { createRemoteSource }, { createLocalSource }] =
    await Promise.all([
      import('@kanikit/contexts/stdin'),
      import('@kanikit/contexts/tar'),
      import('@kanikit/contexts/remote'),
      import('@kanikit/contexts/local'),
    ]);
  return [createStdinSource(), createTarSource(), createRemoteSource(), createLocalSource()];
}
