import type { ExecutorRelease } from './resolve-executor.ts';
import { compareReleases } from './version.ts';

/** True when this release reads `localhost/name` as docker does; others take it for a repository of Docker Hub (go-containerregistry 0.21 made the difference). */
export function takesLocalhost({ distribution, version }: ExecutorRelease): boolean {
  return distribution === 'osscontainertools' && compareReleases(version, '1.28.0') >= 0;
}
