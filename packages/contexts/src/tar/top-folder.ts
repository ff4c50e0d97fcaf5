import { quotePath } from '../archive/context-errors.ts';
import { normalEntryPath } from './file-catcher.ts';
import type { WalkedEntry } from './tar-walker.ts';

/** Finds out whether everything in an archive is in one folder, as in those that GitHub and GitLab make of a repository. */
export interface TopFolder {
  see(entry: WalkedEntry): void;
  /** Undefined if there are several, or something beside it. */
  only(): string | undefined;
}

export function createTopFolder(): TopFolder {
  let folder: string | undefined;
  let isOnly = true;
  return {
    see({ path, type }) {
      const normal = normalEntryPath(path);
      if (normal === '') return;
      const slash = normal.indexOf('/');
      const first = slash === -1 ? normal : normal.slice(0, slash);
      folder ??= first;
      isOnly &&= first === folder && (slash !== -1 || type === 'Directory');
    },
    only: () => (isOnly ? folder : undefined),
  };
}

/** What to do about a Dockerfile that an archive does not have. */
export function missingDockerfileHint(topFolder: string | undefined, otherwise: string): string {
  return topFolder === undefined
    ? otherwise
    : `Everything in the archive is in the folder ${quotePath(topFolder)}: build from there with \`contextSubPath: ${topFolder}\`.`;
}
